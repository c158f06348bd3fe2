"""Limits, checks, holds, overrides and applications against a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.choices import AccountKind
from accounts.models import Account
from kam.core.problems import RefusedError
from kam.identity.choices import Role
from kam.identity.models import User
from kam.imports.options import Options
from kam.imports.services import undoing
from settlements.choices.credit import ApplicationRule, FactKind, HoldState
from settlements.models import (
    CreditApplication,
    CreditCheck,
    CreditLimit,
    CreditSettings,
    ExposureFact,
)
from settlements.selectors.credit.exposure import standings
from settlements.services.credit import applications, facts, holds, limits
from settlements.services.credit.checks import Ask, check_credit, override_account, override_check
from settlements.services.credit.positions import keep_positions
from tests.factories import credit as rows
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.imports import TODAY, csv_text, send
from tests.factories.settlements import make_document
from tests.races import at_once

DAY = date(2026, 6, 30)
AT = datetime(2026, 6, 30, 12, tzinfo=ZoneInfo("UTC"))
ALL = [kind.value for kind in FactKind]


@pytest.fixture
def director(db: None) -> User:
    """A director, who decides any amount."""
    return make_user(roles=[Role.SALES_DIRECTOR])


def _known_everything(rule: str = ApplicationRule.NEW) -> None:
    """Nothing but the ledger counts, so that a check can pass."""
    CreditSettings.objects.update_or_create(
        pk=1, defaults={"left_out": ALL, "application_rule": rule}
    )


def _ask(amount: str, **more: object) -> Ask:
    return Ask(amount=Decimal(amount), currency="EUR", **more)  # type: ignore[arg-type]


def _check(account: Account, by: User, amount: str, **more: object) -> CreditCheck:
    return check_credit(account=account, ask=_ask(amount, **more), by=by, as_of=DAY)


def _said(row: CreditCheck) -> tuple[str, list[str]]:
    return row.result, row.reasons


def _tree() -> tuple[Account, Account, Account, Account]:
    group = make_account(kind=AccountKind.GROUP)
    one, two = (make_account(kind=AccountKind.LEGAL_ENTITY, parent=group) for _n in range(2))
    store = make_account(kind=AccountKind.STORE, parent=one)
    return group, one, two, store


def test_none_is_not_zero(director: User) -> None:
    _known_everything()
    party = make_account()
    # never invoiced and not decided: prepay only
    assert _said(_check(party, director, "1")) == ("block", ["no_decision"])
    assert _said(_check(party, director, "0")) == ("pass", [])
    make_document(account=party, amounts=["100"], due=[DAY])
    assert _said(_check(party, director, "1")) == ("warn", ["no_limit"])
    zero = limits.Terms(currency="EUR", amount=Decimal(0), from_day=DAY, reason="late")
    limits.set_limit(party=party, terms=zero, by=director)
    blocked = _check(party, director, "1")
    assert _said(blocked) == ("block", ["prepay_only"])
    assert (blocked.limit_amount, blocked.available) == (Decimal(0), Decimal(-101))
    more = limits.Terms(currency="EUR", amount=Decimal(200), from_day=DAY, reason="paid")
    limits.set_limit(party=party, terms=more, by=director)
    assert _said(_check(party, director, "50")) == ("pass", [])
    assert _said(_check(party, director, "80")) == ("warn", ["near_limit"])
    assert _said(_check(party, director, "100")) == ("warn", ["near_limit"])
    assert _said(_check(party, director, "100.01")) == ("block", ["over_limit"])
    CreditSettings.objects.update(left_out=[])
    assert _check(party, director, "1").reasons == ["unknown_components"]
    _known_everything(ApplicationRule.ALWAYS)
    other = make_account()
    make_document(account=other, amounts=["100"], due=[DAY])
    assert _said(_check(other, director, "1")) == ("block", ["no_decision"])


def test_the_strictest_limit_on_the_way_up_decides(director: User) -> None:
    _known_everything()
    group, one, two, store = _tree()
    rows.make_limit(group, "1000")
    rows.make_limit(one, "600")
    make_document(account=store, party=one, amounts=["300"], due=[DAY])
    make_document(account=two, amounts=["550"], due=[DAY])
    found = _check(store, director, "200")
    assert _said(found) == ("block", ["over_limit"])
    assert (found.party, found.decisive, found.over_by) == (one, group, Decimal(50))
    assert {level["account"]: level["available"] for level in found.levels} == {
        group.pk: "-50.0000", one.pk: "100.0000",
    }  # fmt: skip
    assert _check(store, director, "100").result == "warn"
    hold = holds.put_on_hold(party=group, reason="insurer", by=director, on=DAY)
    assert _said(_check(store, director, "10"))[1][-1] == "on_hold"
    holds.move_hold(hold=hold, to=HoldState.OVERRIDDEN, by=director, on=DAY, until=DAY, note="x")
    assert "on_hold" not in _check(store, director, "10").reasons
    assert hold.__class__.objects.get().blocks_on(DAY + timedelta(days=1))


def test_an_override_lets_this_order_through_and_no_more(director: User) -> None:
    _known_everything()
    party, owner = make_account(), make_user()
    rows.make_limit(party, "100")
    blocked = _check(party, owner, "150", reference="PO-1")
    until = DAY + timedelta(days=3)
    with pytest.raises(RefusedError):
        override_check(check=blocked, reason="season", until=until, by=owner, as_of=DAY)
    nameless = _check(party, owner, "150")
    with pytest.raises(RefusedError) as refusal:
        override_check(check=nameless, reason="season", until=until, by=director, as_of=DAY)
    assert refusal.value.code == "no_reference"
    override_check(check=blocked, reason="season", until=until, by=director, as_of=DAY)
    again = _check(party, owner, "150", reference="PO-1")
    assert _said(again) == ("warn", ["over_limit", "overridden"])
    assert again.override is not None
    assert again.override.role == Role.SALES_DIRECTOR
    hold = holds.put_on_hold(party=party, reason="insurer", by=director, on=DAY)
    held = _check(party, owner, "150", reference="PO-1")
    assert _said(held) == ("block", ["over_limit", "on_hold"])
    override_check(check=held, reason="paid", until=until, by=director, as_of=DAY)
    assert _check(party, owner, "150", reference="PO-1").result == "warn"
    holds.move_hold(hold=hold, to=HoldState.RELEASED, by=director, on=DAY, note="paid")
    assert _check(party, owner, "151", reference="PO-1").result == "block"
    assert _check(party, owner, "150", reference="PO-2").result == "block"
    assert _check(party, owner, "150").result == "block"
    late = _ask("150", reference="PO-1")
    after = check_credit(account=party, ask=late, by=owner, as_of=until + timedelta(days=1))
    assert after.result == "block"
    override_account(party=party, reason="season", until=until, by=director, as_of=DAY)
    assert _check(party, owner, "9000").result == "warn"


def test_room_kept_for_an_order_counts_once(director: User) -> None:
    _known_everything()
    CreditSettings.objects.update(left_out=[k for k in ALL if k != "open_orders"])
    party = make_account()
    rows.make_limit(party, "1000")
    rows.make_fact(party, FactKind.OPEN_ORDERS, "100", due_on=DAY)
    rows.make_fact(party, FactKind.OPEN_ORDERS, "5000", due_on=DAY + timedelta(days=31))
    kept = {"reference": "PO-1", "reserve_until": DAY + timedelta(days=5)}
    assert _check(party, director, "500", **kept).available == Decimal(400)
    assert _check(party, director, "500", **kept).available == Decimal(400)
    assert _check(party, director, "0").available == Decimal(400)
    rows.make_fact(party, FactKind.OPEN_ORDERS, "500", due_on=DAY, key="PO-1")
    assert _check(party, director, "0").available == Decimal(400)
    assert _check(party, director, "500", reference="PO-1").available == Decimal(400)


def test_what_the_services_refuse(director: User) -> None:
    controller = make_user(roles=[Role.CREDIT_CONTROLLER])
    group, one, two, _store = _tree()

    def terms(amount: str, **more: object) -> limits.Terms:
        facts = {"currency": "EUR", "from_day": DAY, "reason": "why", **more}
        return limits.Terms(amount=Decimal(amount), **facts)  # type: ignore[arg-type]

    refused = (
        (one, terms("-1"), director, "limit_below_zero"),
        (one, terms("1.001"), director, "decimals"),
        (one, terms("100000.01"), controller, "above_your_amount"),
        (one, terms("1", currency="XXX"), director, "refused"),
        (one, terms("1", reason=" "), director, "refused"),
        (one, terms("1", until=DAY), director, "refused"),
        (one, terms("1", review_on=DAY), director, "refused"),
    )  # fmt: skip
    for party, given_terms, by, code in refused:
        with pytest.raises(RefusedError) as caught:
            limits.set_limit(party=party, terms=given_terms, by=by)
        assert caught.value.code == code
    limits.set_limit(party=group, terms=terms("100000"), by=controller)
    limits.set_limit(party=one, terms=terms("60000"), by=director)
    with pytest.raises(RefusedError) as caught:
        limits.set_limit(party=two, terms=terms("40000.01"), by=director)
    assert caught.value.code == "credit_limit_below_chain"
    limits.set_limit(party=two, terms=terms("40000"), by=director)
    later = terms("1", from_day=DAY - timedelta(days=1))
    with pytest.raises(RefusedError) as caught:
        limits.set_limit(party=one, terms=later, by=director)
    assert caught.value.code == "limit_later"
    limit = CreditLimit.objects.get(party=one)
    limits.revoke_limit(limit=limit, on=DAY, by=director, reason="sold")
    assert not CreditLimit.objects.in_force(DAY).filter(party=one).exists()


def test_what_the_database_refuses(director: User) -> None:
    party = make_account()
    limit = rows.make_limit(party, "100")
    check = _check(party, director, "1")
    statements = (
        ("UPDATE settlements_creditlimit SET amount = 5", "credit_limit_fixed"),
        ("DELETE FROM settlements_creditlimit", "credit_limit_fixed"),
        ("UPDATE settlements_creditcheck SET result = 'pass', reasons = '{}'",
         "credit_check_append_only"),
        ("DELETE FROM settlements_creditcheck", "credit_check_append_only"),
    )  # fmt: skip
    for sql, name in statements:
        with (
            pytest.raises(IntegrityError) as caught,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
        assert caught.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]
    for amount, start in (("5", limit.valid.lower), ("-1", date(2020, 1, 1))):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.make_limit(party, amount, start=start, end=start + timedelta(days=400))
    assert check.pk


def test_an_application_is_decided_by_somebody_else(director: User) -> None:
    _known_everything()
    party, owner = make_account(), make_user()
    controller = make_user(roles=[Role.CREDIT_CONTROLLER])
    asked = {"currency_id": "EUR", "requested_limit": Decimal(150_000), "requested_days": 30}
    told = applications.Supporting(
        years=[applications.Year(year=2025, turnover=Decimal(10))], points={"finances": 4}
    )
    row = applications.apply_for_credit(party=party, facts=asked, supporting=told, by=director)
    assert _check(party, owner, "10").reasons == ["no_decision"]
    applications.submit_application(application=row, by=owner, at=AT)
    row.refresh_from_db()
    assert (row.checklist_score, row.checklist_confidence) == (Decimal(80), Decimal("0.25"))
    grant = applications.Decision(
        is_granted=True, on=DAY, limit=Decimal(120_000), days=30, review_on=date(2027, 6, 30)
    )
    for by, code in ((director, "own_application"), (owner, "own_application"),
                     (controller, "above_your_amount")):  # fmt: skip
        with pytest.raises(RefusedError) as caught:
            applications.decide_application(application=row, decision=grant, by=by, at=AT)
        assert caught.value.code == code
    with pytest.raises(RefusedError), transaction.atomic():
        applications.change_application(application=row, facts=asked, supporting=told)
    other = make_user(roles=[Role.SALES_DIRECTOR])
    applications.decide_application(application=row, decision=grant, by=other, at=AT)
    limit = CreditLimit.objects.get(party=party)
    assert (limit.amount, limit.application_id, limit.term_days) == (120_000, row.pk, 30)
    assert _check(party, owner, "10").result == "pass"
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditApplication.objects.update(decided_by=director)


def test_facts_keep_the_past(director: User) -> None:
    party = make_account()
    source = rows.make_fact(party, FactKind.INSTRUMENTS, "1").source

    def tell(amount: str, on: date) -> None:
        told = facts.Told(
            kind=FactKind.DELIVERED_NOT_INVOICED, currency="EUR", amount=Decimal(amount),
            from_day=on,
        )  # fmt: skip
        facts.tell_fact(account=party, source=source, key="k", told=told)

    tell("100", date(2026, 6, 1))
    tell("100", date(2026, 6, 1))
    tell("40", date(2026, 6, 15))
    asked = {
        on: standings([], as_of=on, also=[(party.pk, "EUR")])[0].amounts["delivered_not_invoiced"]
        for on in (date(2026, 5, 31), date(2026, 6, 14), date(2026, 6, 15))
    }
    assert list(asked.values()) == [0, 100, 40]


amounts = st.decimals("0", "99999", places=2)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_exposure_is_its_parts_and_adds_up_with_what_is_available(data: st.DataObject) -> None:
    with transaction.atomic():
        group, one, two, _store = _tree()
        for kind in FactKind:
            for party in (one, two):
                rows.make_fact(party, kind, str(data.draw(amounts)))
        rows.make_cover(one, str(data.draw(amounts) + 1))
        rows.make_limit(group, str(data.draw(amounts) + 1))
        make_document(account=one, amounts=[str(data.draw(amounts) + 1)], due=[DAY])
        (standing,) = standings([group.pk], as_of=DAY)
        found = standing.assess()
        assert sum(found.detail.parts.values()) == found.exposure
        assert found.available + found.exposure == standing.limit  # type: ignore[operator]
        keep_positions(as_of=DAY)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT exposure, available FROM settlements_creditposition WHERE party_id = %s",
                [group.pk],
            )
            kept = cursor.fetchone()
        assert kept == (round(found.exposure, 4), round(found.available or Decimal(0), 4))
        rows.make_fact(two, FactKind.OPEN_ORDERS, str(data.draw(amounts)))
        (more,) = standings([group.pk], as_of=DAY)
        assert more.assess().exposure >= found.exposure
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_use_the_same_room() -> None:
    _known_everything()
    CreditSettings.objects.update(left_out=[k for k in ALL if k != "open_orders"])
    director = make_user(roles=[Role.SALES_DIRECTOR])
    group, one, two, _store = _tree()
    rows.make_limit(group, "1000")
    said: list[str] = []

    def order(account: Account, reference: str) -> None:
        kept = {"reference": reference, "reserve_until": DAY}
        said.append(_check(account, director, "700", **kept).result)

    def limit(account: Account) -> None:
        terms = limits.Terms(currency="EUR", amount=Decimal(700), from_day=DAY, reason="both")
        limits.set_limit(party=account, terms=terms, by=director)

    assert at_once(partial(order, one, "A"), partial(order, two, "B")) == [None, None]
    assert sorted(said) == ["block", "warn"]
    raised = at_once(partial(limit, one), partial(limit, two))
    assert None in raised
    assert [one.code for one in raised if isinstance(one, RefusedError)] == [
        "credit_limit_below_chain"
    ]
    assert CreditLimit.objects.filter(valid=DateRange(DAY, None)).count() == 1


def test_facts_come_by_file_and_go_again(director: User) -> None:
    party = make_account(external_id="C-1")
    head = ("account", "kind", "amount", "currency", "from_day", "key")
    first = send(
        "exposure_facts",
        csv_text(
            head,
            ("C-1", "open orders", "100", "EUR", "2026-06-01", "PO-1"),
            ("C-1", "orders", "-5", "EUR", "2026-06-01", "PO-2"),
            ("C-9", "orders", "5", "EUR", "2026-06-01", "PO-3"),
            ("C-1", "orders", "5", "EUX", "2026-06-01", "PO-4"),
        ),
        options=Options(accept_rejects=True),
    )
    assert first.counts == (1, 0, 0, 3)
    assert dict(first.reasons) == {
        "fact below zero": 1, "unknown account": 1, "unknown currency": 1,
    }  # fmt: skip
    again = csv_text(head, ("C-1", "open orders", "100", "EUR", "2026-06-01", "PO-1"))
    assert send("exposure_facts", again).counts == (0, 0, 1, 0)
    less = csv_text(head, ("C-1", "open orders", "40", "EUR", "2026-06-15", "PO-1"))
    sent = send("exposure_facts", less)
    found = ExposureFact.objects.order_by("pk").values_list("amount", "valid", "party_id")
    june, middle = date(2026, 6, 1), date(2026, 6, 15)
    assert list(found) == [
        (Decimal(100), DateRange(june, middle), party.pk),
        (Decimal(40), DateRange(middle, None), party.pk),
    ]
    undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert ExposureFact.objects.get().valid == DateRange(june, None)
