"""What drafting refuses, disputes and corrections, drafting many, and the life of a statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import RevenueEntry
from kam.core.problems import RefusedError
from settlements.analytics.concession import (
    Guarantee,
    GuaranteeBasis,
    Month,
    Terms,
    TestPeriod,
    true_up,
)
from settlements.analytics.settling import Charge, Goods, Rules, sell_through, turnover
from settlements.choices.settling import StatementDisputeReason
from settlements.models import Document, LedgerItem, SettlementStatement, StatementDispute
from settlements.selectors.settling.recomputing import recompute, stored_lines
from settlements.services.settling.contests import Contest
from settlements.services.settling.drafting import cancel_statement, draft_due, redraft_statement
from settlements.services.settling.issuing import (
    Concession,
    confirm_statement,
    correct_statement,
    dispute_statement,
    issue_statement,
    reject_dispute,
)
from settlements.services.settling.posting import post_statement, take_back_statement
from tests.factories.accounts import make_product
from tests.factories.reports import take_in
from tests.factories.settling import (
    AUGUST,
    FEES,
    JULY,
    World,
    confirmed,
    draft,
    make_world,
    report_sold,
    report_turnover,
    worked_consignment,
)

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 8, 5)
UNAGREED = StatementDisputeReason.UNAGREED_FEE


def refusal(world: World, period: tuple[date, date] = JULY, **fields: object) -> str:
    with pytest.raises(RefusedError) as caught, transaction.atomic():
        draft(world, period, **fields)
    return caught.value.code


def test_what_drafting_refuses() -> None:
    world = make_world(end=date(2026, 10, 1), tax_rate=None)
    found = {"nothing reported": refusal(world)}
    report_turnover(world, "1000")
    found["no tax rate"] = refusal(world)
    found["past the version"] = refusal(world, (date(2026, 9, 1), date(2026, 10, 2)))
    report_turnover(world, "1000", AUGUST, tax_rate=D(13))
    draft(world, AUGUST)
    found["taken"] = refusal(world, (date(2026, 8, 31), date(2026, 9, 2)))
    found["taken for a store"] = refusal(world, AUGUST, store_id=world.store.pk)
    goods = make_world(preset="consignment")
    report_sold(goods, make_product(code="Pears"), "5")
    found["no price"] = refusal(goods)
    rent = make_world(
        settlement_basis="fixed_rent", rent=D(5), deduction="none", deduction_percent=None
    )
    found["rent"] = refusal(rent)

    assert found == {
        "nothing reported": "no_report",
        "no tax rate": "tax_rate_missing",
        "past the version": "version_inactive",
        "taken": "period_overlaps",
        "taken for a store": "period_overlaps",
        "no price": "price_missing",
        "rent": "input_missing",
    }


def test_other_currencies_and_drafts_of_an_agreement_are_refused() -> None:
    world = make_world()
    report_turnover(world, "1000", currency="USD")

    assert refusal(world) == "mixed_currencies"
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementStatement.objects.create(
            term=world.term,
            agreement_version=world.version,
            account=world.account,
            kind="turnover",
            period=(date(2025, 12, 1), date(2026, 1, 1)),
            currency_id="EUR",
        )


def test_a_replaced_report_counts_once_and_a_draft_is_computed_anew() -> None:
    world = make_world()
    report = report_turnover(world, "1000")
    statement = draft(world)
    take_in(report, "superseded")
    report_turnover(world, "113000")

    assert stored_lines(statement) != recompute(statement)
    redraft_statement(statement=statement)

    statement.refresh_from_db()
    assert statement.payable == 88_140
    assert stored_lines(statement) == recompute(statement)


def test_a_disputed_fee_is_put_right_by_the_next_version() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    first = issue_statement(statement=draft(world), issued_on=DAY, issued_by=None)
    fee = first.lines.get(label="Promotion")
    contest = Contest(D(2000), UNAGREED, fee.pk)
    for wrong in (replace(contest, amount=D("2000.01")), replace(contest, line_id=0)):
        with pytest.raises(RefusedError):
            dispute_statement(statement=first, contests=[wrong], raised_on=DAY, raised_by=None)
    dispute_statement(statement=first, contests=[contest], raised_on=DAY, raised_by=None)
    with pytest.raises(RefusedError, match="disputed"):
        confirm_statement(statement=first, confirmed_on=DAY, confirmed_by="Ms Li")

    second = correct_statement(
        statement=first,
        corrected_on=DAY,
        corrected_by=None,
        claims=[Concession(fee.pk, D(1500))],
        note="As agreed on the phone",
    )

    first.refresh_from_db()
    assert (first.state, second.state, second.version) == ("cancelled", "issued", 2)
    assert (first.number, first.claimed, second.claimed) == (second.number, 3178, 2678)
    assert first.disputes.get().is_granted is True
    assert RevenueEntry.objects.count() == 0
    confirm_statement(statement=second, confirmed_on=DAY, confirmed_by="Ms Li")
    post_statement(statement=second, posted_on=DAY, posted_by=None)
    assert [one.total for one in Document.objects.order_by("pk")] == [88_140, 678, 1500, 500]


def test_a_dispute_of_what_is_claimed_as_before_is_not_granted() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    first = issue_statement(statement=draft(world), issued_on=DAY, issued_by=None)
    card, promotion = (first.lines.get(label=label) for label in ("Card", "Promotion"))
    contests = [Contest(D(600), UNAGREED, card.pk), Contest(D(2000), UNAGREED, promotion.pk)]
    contests.append(Contest(D(100), UNAGREED))
    dispute_statement(statement=first, contests=contests, raised_on=DAY, raised_by=None)

    claims = [Concession(card.pk, D(678)), Concession(promotion.pk, D(0))]
    second = correct_statement(statement=first, corrected_on=DAY, corrected_by=None, claims=claims)
    assert [one.is_granted for one in first.disputes.order_by("pk")] == [False, True, True]

    dispute_statement(
        statement=second, contests=[Contest(D(100), UNAGREED)], raised_on=DAY, raised_by=None
    )
    third = correct_statement(statement=second, corrected_on=DAY, corrected_by=None)
    assert second.disputes.get().is_granted is False, "nothing is other than before"
    assert (second.claimed, third.claimed) == (1178, 1178), "what was put right stays so"


def test_disputes_together_stay_within_the_statement() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    row = issue_statement(statement=draft(world), issued_on=DAY, issued_by=None)
    fee, sales = row.lines.get(label="Promotion"), row.lines.get(kind="gross")

    def contest(*pairs: tuple[str, int | None]) -> None:
        wanted = [Contest(D(amount), UNAGREED, line) for amount, line in pairs]
        dispute_statement(statement=row, contests=wanted, raised_on=DAY, raised_by=None)

    contest(("1500", fee.pk), ("100000", sales.pk), ("12000", None))
    for pairs, words in (
        ([("500.01", fee.pk)], "Promotion comes to 2,000.00.EUR, and 1,500.00.EUR of it is"),
        ([("300", fee.pk), ("200.01", fee.pk)], "1,800.00.EUR of it is contested already"),
        ([("1000.01", None)], "whole statement comes to 113,000.00.EUR, and 112,000.00.EUR is"),
        ([("1000.01", sales.pk)], "to 113,000.00.EUR, and 112,000.00.EUR is contested already"),
    ):
        with pytest.raises(RefusedError, match=words) as refused:
            contest(*pairs)
        assert (refused.value.field, refused.value.code) == ("amount", "too_much")
    stray = {"statement": row, "reason": UNAGREED, "raised_on": DAY}
    for line, amount in ((fee, "500.01"), (None, "1000.01"), (sales, "1000.01")):
        with (
            pytest.raises(IntegrityError, match="more is contested"),
            transaction.atomic(),
        ):
            StatementDispute.objects.create(line=line, amount=D(amount), **stray)
    contest(("500", fee.pk), ("1000", None))

    reject_dispute(statement=row, settled_on=DAY)
    contest(("113000", sales.pk))
    assert row.disputes.filter(is_granted=None).get().amount == 113_000


def test_everything_due_is_drafted_once_and_what_cannot_be_is_told() -> None:
    good, silent = make_world(fees=FEES), make_world()
    worked_consignment()
    report_turnover(good, "113000")

    first = draft_due(start=JULY[0], end=JULY[1], drafted_by=None)
    again = draft_due(start=JULY[0], end=JULY[1], drafted_by=None)

    assert (first.made, first.taken) == (2, 0)
    assert [(one.job.account_id, one.code) for one in first.refused] == [
        (silent.account.pk, "no_report")
    ]
    assert (again.made, again.taken) == (0, 2)
    payable = SettlementStatement.objects.order_by("payable").values_list("payable", flat=True)
    assert list(payable) == [D("7299.80"), 88_140]


# The mathematics where it is assembled

MONEY = st.decimals("0.01", "300000", places=2)


@settings(max_examples=60, deadline=None)
@given(
    sales=MONEY,
    back=MONEY,
    rate=st.integers(0, 60),
    tax=st.sampled_from([D(0), D("5.5"), D(13)]),
    inclusive=st.booleans(),
    floor=st.integers(0, 50_000),
)
def test_a_statement_adds_up_and_takes_at_least_the_floor(
    sales: Decimal, back: Decimal, rate: int, tax: Decimal, inclusive: bool, floor: int
) -> None:
    guarantee = Guarantee(
        basis=GuaranteeBasis.COMMISSION, amount=D(floor), test_period=TestPeriod.MONTH
    )
    rules = Rules(
        places=2, is_tax_inclusive=inclusive, terms=Terms.percent(D(rate)), guarantee=guarantee
    )
    fee = Charge(condition_id=1, label="", is_promotion=False, is_claim=True, basis=D(9), rate=D(9))
    goods = [
        Goods(tax_rate=tax, category_id=1, sales=sales),
        Goods(tax_rate=D(24), category_id=2, sales=sales, returns=-back),
    ]

    found = turnover(goods, lambda _basis: [fee], rules)

    by_part = {
        part: sum((one.amount for one in found.lines if one.part == part), D(0))
        for part in ("payable", "claim")
    }
    assert by_part == {"payable": found.payable, "claim": -found.claimed}
    assert found.payable == found.net + found.tax
    assert found.deduction + found.top_up >= floor
    assert found.tax == sum(one.amount for one in found.lines if one.kind == "tax")


@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(st.integers(0, 500), min_size=1, max_size=5), price=MONEY)
def test_sell_through_adds_up(pieces: list[int], price: Decimal) -> None:
    goods = [Goods(tax_rate=D(13), sold=D(many), returned=D(3), price=price) for many in pieces]

    found = sell_through(goods, [], lambda _basis: [], Rules(places=2, is_tax_inclusive=False))

    assert sum(one.amount for one in found.lines) == found.payable == found.net + found.tax


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 300_000), min_size=1, max_size=12))
def test_monthly_guarantees_take_at_least_what_they_take_together(turnovers: list[int]) -> None:
    guarantee = Guarantee(
        basis=GuaranteeBasis.SALES,
        amount=D(150_000),
        test_period=TestPeriod.CUMULATIVE,
        is_taken_monthly=True,
    )
    terms = Terms.percent(D(22))
    rules = Rules(places=2, is_tax_inclusive=True, terms=terms, guarantee=guarantee)
    each = [
        turnover([Goods(tax_rate=D(0), sales=D(one))], lambda _basis: [], rules)
        for one in turnovers
    ]
    months = [Month(one.basis or D(0), commission_taken=one.deduction + one.top_up) for one in each]

    assert true_up(months, guarantee, terms, places=2).amount <= 0


# The life of a statement


class Life(RuleBasedStateMachine):
    """A statement on its way, against a model of states and of what must be in the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.state = "none"
        self.version = 1
        self.claimed = D(3178)

    @initialize()
    def begin(self) -> None:
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.world = make_world(fees=FEES)
        report_turnover(self.world, "113000")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def attempt(self, allowed: set[str], act: object, after: str) -> bool:
        """Do it, or see it refused without a trace."""
        try:
            with transaction.atomic():
                made = act()  # type: ignore[operator]
        except RefusedError:
            assert self.state not in allowed
            return False
        assert self.state in allowed
        self.state = after
        if isinstance(made, SettlementStatement):
            self.statement = made
        return True

    @precondition(lambda self: self.state in {"none", "cancelled", "taken back"})
    @rule()
    def draft(self) -> None:
        self.statement = draft(self.world)
        self.state, self.version, self.claimed = "draft", 1, D(3178)

    @precondition(lambda self: self.state != "none")
    @rule()
    def issue(self) -> None:
        self.attempt(
            {"draft"},
            lambda: issue_statement(statement=self.statement, issued_on=DAY, issued_by=None),
            "issued",
        )

    @precondition(lambda self: self.state != "none")
    @rule()
    def dispute(self) -> None:
        line = self.statement.lines.filter(label="Utilities").first()
        contest = Contest(D("0.01"), UNAGREED, line.pk if line else None)
        self.attempt(
            {"issued", "disputed"},
            lambda: dispute_statement(
                statement=self.statement, contests=[contest], raised_on=DAY, raised_by=None
            ),
            "disputed",
        )

    @precondition(lambda self: self.state != "none")
    @rule()
    def reject(self) -> None:
        self.attempt(
            {"disputed"},
            lambda: reject_dispute(statement=self.statement, settled_on=DAY),
            "issued",
        )

    @precondition(lambda self: self.state != "none")
    @rule(amount=st.sampled_from([0, 100, 400]))
    def correct(self, amount: int) -> None:
        line = self.statement.lines.filter(label="Utilities").first()
        claims = [Concession(line.pk, D(amount))] if line else []
        done = self.attempt(
            {"disputed"},
            lambda: correct_statement(
                statement=self.statement, corrected_on=DAY, corrected_by=None, claims=claims
            ),
            "issued",
        )
        if done:
            self.version += 1
            if line:  # what was put right before stays so
                self.claimed = D(2678 + amount)

    @precondition(lambda self: self.state != "none")
    @rule()
    def confirm(self) -> None:
        self.attempt(
            {"issued"},
            lambda: confirm_statement(
                statement=self.statement, confirmed_on=DAY, confirmed_by="Ms Li"
            ),
            "confirmed",
        )

    @precondition(lambda self: self.state != "none")
    @rule()
    def cancel(self) -> None:
        self.attempt(
            {"draft", "issued", "disputed", "confirmed"},
            lambda: cancel_statement(statement=self.statement),
            "cancelled",
        )

    @precondition(lambda self: self.state != "none")
    @rule()
    def post(self) -> None:
        self.attempt(
            {"confirmed"},
            lambda: post_statement(statement=self.statement, posted_on=DAY, posted_by=None),
            "posted",
        )

    @precondition(lambda self: self.state != "none")
    @rule()
    def take_back(self) -> None:
        self.attempt(
            {"posted"},
            lambda: take_back_statement(
                statement=self.statement, taken_back_on=DAY, taken_back_by=None
            ),
            "taken back",
        )

    @invariant()
    def holds(self) -> None:
        if self.state == "none":
            return
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        self.statement.refresh_from_db()
        shown = "posted" if self.state == "taken back" else self.state
        assert (self.statement.state, self.statement.version) == (shown, self.version)
        assert self.statement.claimed == self.claimed
        balance = sum(item.side * item.open_amount_now for item in LedgerItem.objects.all())
        revenue = sum((entry.net_amount for entry in RevenueEntry.objects.all()), D(0))
        is_posted = self.state == "posted"
        assert balance == (88_140 - self.claimed if is_posted else 0)
        assert revenue == (78_000 if is_posted else 0)


def test_the_life_of_a_statement() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=10,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_periods_do_not_overlap_in_the_database_either() -> None:
    world = make_world()
    report_turnover(world, "1000")
    statement = confirmed(world)
    copy = SettlementStatement.objects.get(pk=statement.pk)
    copy.pk, copy.state, copy.number = None, "draft", ""
    copy.issued_on = copy.confirmed_on = None

    with pytest.raises(IntegrityError, match="settlement_statement_periods_apart"):
        copy.save(force_insert=True)
