"""Loss scenarios from the data: facts, runs, who may, plans and survival actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.services.merging import merge_accounts
from kam.core.models import JobRun
from kam.core.problems import RefusedError
from plans.models import LossResult, LossScenario, PlanAction
from plans.selectors.approval import may_decide
from plans.selectors.loss.facts import Asked, history, read_books
from plans.selectors.loss.section import content_of_risks
from plans.services import loss as services
from plans.services.loss import running
from plans.services.loss.proposing import Chosen
from plans.tasks import run_loss_scenario
from settlements.choices.terms import Preset
from settlements.models import RebateAccrual, RebateSettlement
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.credit import make_cover, make_fact
from tests.factories.loss import make_scenario, three
from tests.factories.plans import make_plan, take_plan
from tests.factories.rebates import make_rebate, run_rebates
from tests.factories.settlements import make_company, make_document
from tests.factories.terms import make_active

AS_OF = date(2026, 6, 30)
TEN = ["40", "20", "10", "10", "8", "6", "3", "1.5", "1", "0.5"]


@pytest.fixture
def ten(people: People) -> list[Account]:
    """The ten shares of the definition, all led by the owner, in euro of May 2026."""
    accounts = [make_account(name=f"Group {n:02}", lead=people.owner) for n in range(1, 11)]
    for account, share in zip(accounts, TEN, strict=True):
        make_entry(
            account=account, amount=share, booked_on=date(2026, 5, 10), cost=Decimal(share) / 2
        )
    return accounts


def _saved(people: People, *accounts: Account, **facts: Any) -> LossScenario:
    given: dict[str, Any] = {
        "title": "What if",
        "as_of": AS_OF,
        "starts_on": date(2026, 7, 1),
    } | facts
    return services.create_scenario(accounts=accounts, by=people.owner, currency="EUR", **given)


def test_losing_the_first_of_ten_is_the_definition(people: People, ten: list[Account]) -> None:
    scenario = _saved(people, ten[0], recovery=three("0"))
    # Half the revenue is cost of goods: the rate comes from the data, with a fifth either way.
    assert scenario.contribution == three("0.4", "0.5", "0.6")
    result = services.run_scenario(scenario=scenario, as_of=AS_OF, by=people.owner)
    result.refresh_from_db()
    found = result.result["concentration"]
    assert [Decimal(found["before"]["hhi"]), found["before"]["at_least_10pct"]] == [
        Decimal("2312.5"), 4,
    ]  # fmt: skip
    assert [round(Decimal(one), 2) for one in found["after"]["hhi"]] == [Decimal("1979.17")] * 3
    assert [int(one) for one in found["after"]["at_least_10pct"]] == [5, 5, 5]
    assert found["newly_major"] == [ten[4].pk, ten[5].pk]
    # May brought 40 and June nothing, any other month is their mean; half of July is gone.
    assert [Decimal(one) for one in result.result["revenue"]] == [Decimal(10 + 9 * 20 + 40)] * 3
    assert [Decimal(one) for one in result.result["contribution"]] == [92, 115, 138]
    again = services.run_scenario(scenario=scenario, as_of=AS_OF, by=people.owner)
    assert LossResult.objects.count() == 2
    again.refresh_from_db()
    assert again.result == result.result


def test_the_books_know_methods_securities_and_what_is_not_in_the_ledger(people: People) -> None:
    group = make_account(name="Chain", lead=people.owner)
    shop = make_account(kind="legal_entity", parent=group)
    company = make_company()
    make_active(account=group, preset=Preset.CONSIGNMENT, company=company, start=date(2026, 1, 1),
                shrink_bearer="us")  # fmt: skip
    make_document(account=shop, company=company, amounts=["600"], due=[date(2026, 7, 14)])
    make_document(account=group, amounts=["400"], due=[date(2026, 6, 1)])  # another company
    make_document(account=make_account(), amounts=["999"], due=[date(2026, 6, 1)])
    make_cover(group, "500")  # of the group: for both payers, as they owe
    make_fact(group, "delivered_not_invoiced", "70")
    make_fact(shop, "consigned_stock", "90")
    make_entry(account=shop, amount=100, booked_on=date(2026, 4, 1))
    books = read_books(Asked(roots=[group.pk], as_of=AS_OF, currency="EUR"))
    facts = books.facts
    assert {(row.method, row.security): row.amount for row in facts.at_risk} == {
        ("consignment", ""): 300, ("consignment", "insurance"): 300,
        ("none", ""): 200, ("none", "insurance"): 200,
    }  # fmt: skip
    assert facts.unbilled["delivered_not_invoiced"] == ("outright_credit", Decimal(70))
    assert facts.consigned == Decimal(90)
    assert list(facts.collections) == [Decimal(400), 0, Decimal(600)]  # late now, and on the 14th
    assert (facts.days_to_pay, books.is_usual_days) == (45, True)
    assert facts.history == {
        date(2026, 4, 1): Decimal(100), date(2026, 5, 1): 0, date(2026, 6, 1): 0,
    }  # fmt: skip


def test_rebates_that_nobody_settled_fall_due(people: People, ten: list[Account]) -> None:
    rebate = make_rebate(account=ten[0], bands=(), start=date(2026, 1, 1))
    run_rebates(date(2026, 5, 31))
    run_rebates(AS_OF)
    asked = Asked(roots=[ten[0].pk], as_of=AS_OF, currency="EUR")
    assert read_books(asked).rebates == Decimal("0.8"), "2 % of 40, the last run alone"
    assert read_books(replace(asked, roots=[ten[1].pk])).rebates == 0
    RebateAccrual.objects.create(
        condition=rebate, period=DateRange(date(2026, 1, 1), date(2026, 7, 1)), through=AS_OF,
        basis_amount=40, earned_to_date=Decimal("0.7"), accrued=Decimal("0.7"), catch_up=0,
        rate=2, currency_id="EUR",
    )  # fmt: skip
    assert read_books(asked).rebates == Decimal("0.7"), "a period that was cut is the same one"
    RebateSettlement.objects.create(
        condition=rebate,
        period=rebate.accruals.latest("pk").period,
        basis_amount=40,
        earned=Decimal("0.8"),
        amount=Decimal("0.8"),
        currency_id="EUR",
        payout="credit_note",
        document=make_document(account=ten[0], kind="credit_note", amounts=["0.8"], due=[None]),
        settled_on=AS_OF,
    )
    assert read_books(asked).rebates == 0


def test_what_cannot_be_asked_is_refused_in_words(people: People, ten: list[Account]) -> None:
    child = make_account(parent=ten[0])
    table: list[tuple[tuple[Account, ...], dict[str, Any], str]] = [
        ((), {}, "Choose at least one account"),
        ((make_account(name="Empty"),), {}, "no revenue"),
        (tuple(ten), {}, "all customers"),
        ((ten[0], child), {}, "is part of Group 01"),
        ((ten[0],), {"title": " "}, "has a title"),
        ((ten[0],), {"horizon_months": 61}, "1 to 60"),
        ((ten[0],), {"run_off": [Decimal("0.5"), Decimal("0.2")]}, "gone stays gone"),
        ((ten[0],), {"recovery": three("0.5", "0.4", "0.6")}, "ascend"),
        ((ten[0],), {"recovery": three("0", "0", "1.2")}, "0 to 100"),
        ((ten[0],), {"fixed_cost": Decimal(0)}, "Above zero"),
        ((ten[0],), {"kind": "longer_terms", "extra_days": three("1", "30", "901")}, "At most 900"),
    ]
    for accounts, facts, words in table:
        with pytest.raises(RefusedError, match=words):
            _saved(people, *accounts, **facts)
    assert not LossScenario.objects.exists()
    scenario = _saved(people, ten[0])
    with pytest.raises(RefusedError, match="all customers"):
        services.update_scenario(scenario=scenario, accounts=ten)
    services.archive_scenario(scenario=scenario, at=timezone.now())
    with pytest.raises(RefusedError, match="archived"):
        services.update_scenario(scenario=scenario, title="Other")


def test_accounts_that_results_speak_of_stay(people: People, ten: list[Account]) -> None:
    """Without the one account, whoever sees the others would read what was found out about it."""
    scenario = _saved(people, ten[0], ten[1])
    services.update_scenario(scenario=scenario, accounts=[ten[0], ten[2]])
    services.run_scenario(scenario=scenario, as_of=AS_OF, by=people.owner)
    with pytest.raises(RefusedError, match="results speak of these accounts"):
        services.update_scenario(scenario=scenario, accounts=[ten[0]])
    services.update_scenario(scenario=scenario, accounts=[ten[0], ten[2], ten[3]])
    assert set(scenario.accounts.all()) == {ten[0], ten[2], ten[3]}


def test_whoever_does_not_see_every_account_sees_no_scenario(people: People) -> None:
    mine, theirs = make_account(lead=people.owner), make_account(lead=people.stranger)
    alone = make_scenario(mine, author=people.owner)
    both = make_scenario(mine, theirs, author=people.director)
    plan = make_plan(account=mine, owner=people.owner, confidentiality="named")
    secret = make_scenario(mine, author=people.owner, plan=plan, attached_at=timezone.now())
    seen = {
        "owner": {alone, secret}, "teammate": {alone}, "stranger": set(), "director": {alone, both},
        "controller": {alone, both}, "administrator": {alone, both}, "auditor": {alone, both},
    }  # fmt: skip
    for name, rows in seen.items():
        user = getattr(people, name)
        assert set(LossScenario.objects.visible_to(user)) == rows, name
        changes = set(LossScenario.objects.editable_by(user))
        expected = {"owner": {alone, secret}, "director": {alone, both}}
        expected["administrator"] = expected["director"]
        assert changes == expected.get(name, set()), name


def test_a_scenario_joins_a_plan_and_its_actions_are_chosen_one_by_one(
    people: People, ten: list[Account]
) -> None:
    scenario = _saved(people, ten[0])
    result = services.run_scenario(scenario=scenario, as_of=AS_OF, by=people.owner)
    result.refresh_from_db()
    other = make_plan(account=ten[1], owner=people.owner)
    plan = make_plan(account=ten[0], owner=people.owner)
    now = timezone.now()
    with pytest.raises(RefusedError, match="to a plan first"):
        services.add_actions(scenario=scenario, result=result, chosen=[], by=people.owner)
    with pytest.raises(RefusedError, match="not about an account"):
        services.attach(scenario=scenario, plan=other, at=now)
    scenario = services.attach(scenario=scenario, plan=plan, at=now)
    with pytest.raises(RefusedError, match="part of a plan"):
        services.delete_scenario(scenario=scenario)
    keys = [one.key for one in services.proposals_for(scenario, result, user=people.director)]
    assert keys == ["save", "replace", "cost", "cash", "spread"]
    # Who becomes major in the whole company is not for who sees a part of it.
    own = [one.key for one in services.proposals_for(scenario, result, user=people.owner)]
    assert own == ["save", "replace", "cost", "cash"]
    with pytest.raises(RefusedError, match="who sees to it"):
        services.add_actions(
            scenario=scenario, result=result, chosen=[Chosen(key="save", owner=None)],
            by=people.owner,
        )  # fmt: skip
    chosen = [Chosen(key="save", owner=people.owner, due_on=date(2026, 8, 1))]
    services.add_actions(scenario=scenario, result=result, chosen=chosen, by=people.owner)
    action = PlanAction.objects.get()
    assert (action.origin, action.owner, action.plan) == ("loss", people.owner, plan)
    assert action.note == ""  # who reads the plan without its figures reads its actions
    assert "save" not in [
        one.key for one in services.proposals_for(scenario, result, user=people.owner)
    ]
    take_plan(plan=plan, to="in_review")
    with pytest.raises(RefusedError):
        services.detach(scenario=scenario)


class _Progress:
    def __init__(self, run_id: int) -> None:
        self.run_id = run_id

    def report(self, *_told: Any) -> None:
        pass


def test_a_heavy_scenario_is_a_job_that_tells_when_it_is_done(
    people: People, ten: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kam.notifications.models import Notification

    monkeypatch.setattr(running, "MANY_ACCOUNTS", 1)
    scenario = _saved(people, ten[0])
    run = services.run_or_enqueue(scenario=scenario, as_of=AS_OF, by=people.owner)
    assert isinstance(run, JobRun)
    assert services.run_or_enqueue(scenario=scenario, as_of=AS_OF, by=people.owner) == run
    run_loss_scenario(_Progress(run.pk), **run.arguments)
    run_loss_scenario(_Progress(run.pk), **run.arguments)  # twice is once
    result = LossResult.objects.get()
    assert result.job == run
    assert Notification.objects.get().kind == "plans.loss_computed"
    run.delete()
    result.refresh_from_db()
    assert result.job is None


def test_a_merge_takes_scenarios_along(people: People, ten: list[Account]) -> None:
    drop, keep = ten[9], ten[8]
    one = make_scenario(drop, author=people.owner)
    both = make_scenario(drop, keep, author=people.owner)
    merge_accounts(keep=keep, drop=drop, as_of=AS_OF)
    assert [list(row.accounts.all()) for row in (one, both)] == [[keep], [keep]]


def test_a_plan_shows_its_scenarios_and_a_snapshot_only_those_of_its_own_account(
    people: People, ten: list[Account]
) -> None:
    plan = make_plan(account=ten[0], owner=people.owner)
    now = timezone.now()
    own = make_scenario(ten[0], author=people.owner, plan=plan, attached_at=now)
    both = make_scenario(ten[0], ten[1], author=people.owner, plan=plan, attached_at=now)
    services.run_scenario(scenario=own, as_of=AS_OF, by=people.owner)
    seen = content_of_risks(plan, people.owner, AS_OF)["loss_scenarios"]
    assert {row["id"] for row in seen} == {own.pk, both.pk}
    [frozen] = content_of_risks(plan, None, AS_OF)["loss_scenarios"]
    assert (frozen["id"], frozen["as_of"]) == (own.pk, AS_OF)
    assert frozen["revenue_base"]["currency"] == "EUR"


def test_a_part_of_the_business_is_a_category_or_a_region(people: People) -> None:
    group = make_account(name="Chain", lead=people.owner)
    north = make_account(kind="store", parent=group, region="North")
    bread = make_category(name="Bread")
    on = date(2026, 5, 10)
    make_entry(account=north, amount="70", booked_on=on, category=bread)
    make_entry(account=group, amount="30", booked_on=on)
    make_entry(account=make_account(), amount="100", booked_on=on)
    asked = Asked(roots=[group.pk], as_of=AS_OF, currency="EUR")
    whole = history(asked)
    assert whole == {date(2026, 5, 1): Decimal(100), date(2026, 6, 1): 0}
    for narrow in ({"category": bread.pk}, {"region": "North"}):
        assert sum(history(replace(asked, **narrow)).values()) == 70
    scenario = _saved(people, group, kind="partial", region="North", lost_share=three("0.5"),
                      recovery=three("0"))  # fmt: skip
    result = services.run_scenario(scenario=scenario, as_of=AS_OF, by=people.owner)
    result.refresh_from_db()
    found = result.result["concentration"]
    # Half of the north's 70 leaves 65 of 165: still the smaller one, and still major.
    assert [round(Decimal(one), 4) for one in found["after"]["cr1"]] == [Decimal("0.6061")] * 3


def test_who_attaches_what_was_computed_may_still_approve(
    client: Client, people: People, ten: list[Account]
) -> None:
    scenario = _saved(people, ten[0])
    result = services.run_scenario(scenario=scenario, as_of=AS_OF, by=people.director)
    result.refresh_from_db()
    plan = make_plan(account=ten[0], owner=people.owner)
    before = list(plan.writer_ids)
    client.force_login(people.director)
    url = reverse("plans:loss-attach", args=[scenario.pk])
    assert client.post(url, {"plan": plan.pk}).status_code == 302
    scenario.refresh_from_db()
    plan.refresh_from_db()
    assert (scenario.plan_id, plan.writer_ids) == (plan.pk, before)
    assert may_decide(people.director, plan)
    actions = reverse("plans:loss-actions", args=[scenario.pk])
    said = "written in the plan, so that somebody else approves it"
    assert said in client.get(actions).content.decode()
    assert client.post(reverse("plans:loss-detach", args=[scenario.pk])).status_code == 302
    plan.refresh_from_db()
    assert plan.writer_ids == before
    scenario = services.attach(scenario=scenario, plan=plan, at=timezone.now())
    chosen = [Chosen(key="save", owner=people.owner, due_on=date(2026, 8, 1))]
    services.add_actions(scenario=scenario, result=result, chosen=chosen, by=people.director)
    plan.refresh_from_db()
    assert plan.writer_ids == [*before, people.director.pk]  # a promise in the plan is writing
    assert not may_decide(people.director, plan)
    assert said not in client.get(actions).content.decode()


def test_two_who_change_the_assumptions_see_each_other(
    client: Client, people: People, ten: list[Account]
) -> None:
    scenario = _saved(people, ten[0])
    client.force_login(people.owner)
    url = reverse("plans:loss-edit", args=[scenario.pk])
    page = client.get(url)
    assert b'name="version"' in page.content
    read = {one.html_name: one.value() for one in page.context["form"]}
    data = {name: one for name, one in read.items() if one not in (None, "")}
    assert client.post(url, data | {"note": "Theirs", "contribution_low": "11"}).status_code == 302
    refused = client.post(url, data | {"note": "Mine"})
    words = refused.content.decode()
    assert refused.status_code == 422
    for theirs in ("Theirs", "11"):
        assert f"It says now: {theirs} – save again to put yours in its place." in words
    again = {one.html_name: one.value() for one in refused.context["form"]}
    sent = {name: one for name, one in again.items() if one not in (None, "")}
    assert client.post(url, sent).status_code == 302
    scenario.refresh_from_db()
    assert scenario.note == "Mine"
