"""Growth levers: services, the document, and the pages."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kam.core.problems import RefusedError
from plans.models import GrowthLever, LeverScenario, Plan
from plans.selectors.levers import levers_content, scenarios_of
from plans.services import levers as services
from plans.services.levers import LeverRow
from plans.services.writing import NotDraftError
from tests.conftest import People
from tests.factories.figures import make_scenario
from tests.factories.plans import make_plan_member, take_plan

pytestmark = pytest.mark.django_db
GOLDEN: dict[str, tuple[int | str, int | str]] = {
    "spend": (20, "20.4"), "shoppers": (1000, 1050), "trips": (100, 103)
}  # fmt: skip
SENT = {
    "name": "More shoppers", "shoppers_now": "1000", "shoppers_target": "1050",
    "shoppers_evidence": "Panel 2025", "margin_before": "25", "our_share": "40",
}  # fmt: skip


def _url(name: str, *args: Any) -> str:
    return reverse(f"plans:{name}", args=args)


def test_golden_vector_with_its_effect(plan: Plan, people: People) -> None:
    make_scenario(
        plan=plan, levers=GOLDEN, margin_before=25, our_share=40, our_contribution=30, our_cost=1000
    )
    make_scenario(plan=plan, levers={"trips": (4, 5)})
    whole, part = scenarios_of(plan)
    assert whole.joint.change == Decimal("0.103130000000")
    assert [(one.kind, share) for one, share in whole.contributions] == [
        ("shoppers", Decimal("0.051264879568")),
        ("trips", Decimal("0.031058072111")),
        ("spend", Decimal("0.020807048321")),
    ]
    assert whole.is_product
    assert whole.effect.sales_before == Decimal(2_000_000)
    assert whole.effect.their_gain == Decimal("51565.0000")
    assert whole.effect.our_gain == Decimal("23751.2000")
    assert part.effect.sales_before is None
    document = levers_content(plan, None, plan.period.lower)
    assert [one["change"] for one in document["scenarios"]] == [
        Decimal("0.103130000000"),
        Decimal("0.250000000000"),
    ]
    assert levers_content(plan, people.stranger, plan.period.lower) == {}


def test_scenarios_are_written_in_a_draft_alone(plan: Plan, people: People) -> None:
    row = LeverRow("trips", Decimal(4), Decimal(5), "Panel")
    first = services.add_scenario(
        plan=plan, user=people.director, levers=[row], name="One", is_chosen=True
    )
    second = services.copy_scenario(scenario=first, user=None, name="Two")
    services.change_scenario(
        scenario=second, user=None, levers=[LeverRow("spend", Decimal(2), Decimal(3))],
        is_chosen=True,
    )  # fmt: skip
    chosen = LeverScenario.objects.filter(is_chosen=True)
    assert [one.name for one in chosen] == ["Two"]
    assert list(second.levers.values_list("kind", flat=True)) == ["spend"]
    with pytest.raises(RefusedError, match="of this name"):
        services.add_scenario(plan=plan, user=None, name="One")
    with pytest.raises(RefusedError, match="above zero"):
        services.add_scenario(
            plan=plan, user=None, name="Zero", levers=[LeverRow("trips", Decimal(0), Decimal(1))]
        )
    much = Decimal(10) ** 12
    for rows in (
        [LeverRow(one, much, much) for one in ("shoppers", "trips", "spend")],
        [LeverRow("spend", Decimal("0.01"), much)],
    ):
        for attempt in (
            partial(services.add_scenario, plan=plan, user=None, name="Much", levers=rows),
            partial(services.change_scenario, scenario=first, user=None, levers=rows),
        ):
            with pytest.raises(RefusedError, match="more than anybody sells"):
                attempt()
    take_plan(plan=plan, to="approved")
    for act in (
        lambda: services.add_scenario(plan=plan, user=None, name="Three"),
        lambda: services.change_scenario(scenario=second, user=None, levers=[]),
        lambda: services.remove_scenario(scenario=second, user=None),
    ):
        with pytest.raises(NotDraftError):
            act()
    for sql in (
        lambda: GrowthLever.objects.update(target=9),
        lambda: GrowthLever.objects.all().delete(),
        lambda: LeverScenario.objects.update(margin_after=9),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql()


def test_who_sees_and_writes(client: Client, people: People, plan: Plan) -> None:
    scenario = make_scenario(plan=plan, levers=GOLDEN)
    make_plan_member(plan=plan, user=people.stranger, role="writer")
    table = {
        "owner": (True, True),
        "teammate": (True, False),
        "stranger": (False, False),
        "director": (True, True),
        "auditor": (True, False),
    }
    for who, (sees, writes) in table.items():
        client.force_login(getattr(people, who))
        assert client.get(_url("lever-list", plan.pk)).status_code == (200 if sees else 404), who
        edit = _url("lever-edit", scenario.pk)
        assert client.get(edit).status_code == (200 if writes else 404), who
        sent = client.post(edit, SENT | {"name": f"By {who}"})
        assert sent.status_code == (302 if writes else 404), who
        scenario.refresh_from_db()
        assert (scenario.name == f"By {who}") is writes, who


def test_a_scenario_is_made_compared_copied_and_taken_out(
    client: Client, people: People, plan: Plan
) -> None:
    client.force_login(people.owner)
    assert "No scenario yet" in client.get(_url("lever-list", plan.pk)).content.decode()
    create = _url("lever-create", plan.pk)
    for bad, words in (
        ({"shoppers_now": "0"}, "A figure of zero or less has no growth"),
        ({"shoppers_target": "-5"}, "A figure of zero or less has no growth"),
        ({"shoppers_target": ""}, "A lever has a figure now and a target"),
        ({"shoppers_now": "", "shoppers_target": ""}, "Say at least one lever"),
        ({"sales_before": "0"}, "Their sales are above zero"),
    ):
        answer = client.post(create, SENT | bad)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not LeverScenario.objects.exists()
    assert client.post(create, SENT | {"sales_before": "1000000"}).status_code == 302
    scenario = LeverScenario.objects.get()
    copy = client.post(_url("lever-copy", scenario.pk))
    twin = LeverScenario.objects.get(name="More shoppers (2)")
    assert copy.headers["Location"] == _url("lever-edit", twin.pk)
    page = client.get(_url("lever-list", plan.pk)).content.decode()
    assert page.count("+5.000%") == 2
    assert "+12,500" in page  # a quarter of 50,000 is margin
    assert "Panel 2025" in page
    assert client.post(_url("lever-remove", twin.pk)).status_code == 302
    assert [one.pk for one in LeverScenario.objects.all()] == [scenario.pk]


def test_the_page_asks_the_same_with_one_and_three(
    client: Client, people: People, plan: Plan, django_assert_num_queries: Any
) -> None:
    client.force_login(people.owner)
    for size in (1, 3):
        while plan.lever_scenarios.count() < size:
            make_scenario(plan=plan, levers=GOLDEN)
        with django_assert_num_queries(8):
            client.get(_url("lever-list", plan.pk))
