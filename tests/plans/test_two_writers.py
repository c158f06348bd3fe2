"""Two who write the same form of a plan: the second sees the first before anything is lost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kam.core.problems import StaleError
from plans.models import LeverScenario, MarketingActivity, MarketingBudget, Plan, SalesMonth
from plans.services import levers
from plans.services.joint import save_initiative
from plans.services.plan import making
from plans.services.reviews.lines import add_line
from plans.services.sales import amounts
from plans.services.work import objectives
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_category
from tests.factories.figures import (
    make_activity,
    make_budget,
    make_range_step,
    make_sales_line,
    make_scenario,
)
from tests.factories.negotiation import make_brief, make_give_get, make_issue, make_round
from tests.factories.plans import (
    make_action,
    make_initiative,
    make_kpi,
    make_objective,
    take_plan,
)
from tests.factories.together import make_review, make_team

pytestmark = pytest.mark.django_db
STALE = "Somebody else changed this meanwhile."
NOW = "It says now: {} – save again to put yours in its place."
LEVERS: dict[str, tuple[int | str, int | str]] = {"trips": (4, 5)}


def url_of(name: str, *args: Any) -> str:
    return reverse(f"plans:{name}", args=args)


@pytest.fixture
def client(people: People) -> Client:
    return client_of(people.owner)


def sent_by(form: Any) -> dict[str, Any]:
    """What a browser sends of a form that nobody touched."""
    found = {one.html_name: one.value() for one in form}
    return {name: one for name, one in found.items() if one not in (None, "", False)}


def _brief(plan: Plan) -> Any:
    return make_brief(account=plan.account, owner=plan.owner)


def _issue(plan: Plan) -> str:
    issue = make_issue(brief=_brief(plan), target=1, acceptable=2, walk_away=3)
    return url_of("issue-edit", issue.brief_id, issue.pk)


def _review(plan: Plan) -> Any:
    return make_review(account=plan.account, owner=plan.owner)


def _line(plan: Plan) -> str:
    line = add_line(review=_review(plan), text="They want rye", author=plan.owner)
    return url_of("review-line-edit", line.review_id, line.pk)


def _sales_line(plan: Plan) -> str:
    line = make_sales_line(plan=plan, category=make_category(), months={1: 5}, unit="case")
    return url_of("sales-line-edit", line.pk)


def _team(plan: Plan) -> Any:
    return make_team(account=plan.account, owner=plan.owner)


def _joint_initiative(plan: Plan) -> str:
    row = save_initiative(team=_team(plan), facts={"title": "One box"})
    return url_of("joint-initiative-edit", row.team_id, row.pk)


FORMS: dict[str, tuple[Callable[[Plan], str], str, str, str]] = {
    # the page; the field that both change; theirs, and mine
    "header": (lambda plan: url_of("plan-edit", plan.pk), "title", "Theirs", "Mine"),
    "budget": (lambda plan: url_of("marketing-budget", make_budget(plan=plan).plan_id), "amount",
               "250", "300"),
    "first budget": (lambda plan: url_of("marketing-budget", plan.pk), "amount", "250", "300"),
    "activity": (lambda plan: url_of("activity-edit", make_activity(plan=plan).pk), "title",
                 "Theirs", "Mine"),
    "scenario": (lambda plan: url_of("lever-edit", make_scenario(plan=plan, levers=LEVERS).pk),
                 "note", "Theirs", "Mine"),
    "lever": (lambda plan: url_of("lever-edit", make_scenario(plan=plan, levers=LEVERS).pk),
              "trips_target", "6", "7"),
    "range step": (lambda plan: url_of("range-edit", make_range_step(plan=plan).pk), "note",
                   "Theirs", "Mine"),
    "negotiation": (lambda plan: url_of("negotiation-edit", _brief(plan).pk), "aim", "Theirs",
                    "Mine"),
    "issue": (_issue, "our_interest", "Theirs", "Mine"),
    "entry": (lambda plan: url_of("entry-edit", make_give_get(
        account=plan.account, state="planned").pk), "condition", "Theirs", "Mine"),
    "review": (lambda plan: url_of("review-edit", _review(plan).pk), "summary", "Theirs", "Mine"),
    "line of a review": (_line, "text", "Theirs", "Mine"),
    "sales line": (_sales_line, "note", "Theirs", "Mine"),
    "team": (lambda plan: url_of("team-edit", _team(plan).pk), "aim", "Theirs", "Mine"),
    "joint initiative": (_joint_initiative, "result", "Theirs", "Mine"),
    "actual": (lambda plan: url_of("target-actual", make_kpi(plan=plan, target=9).pk),
               "typed_actual", "5", "6"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_the_second_sees_what_the_first_wrote(client: Client, plan: Plan, name: str) -> None:
    page, field, theirs, mine = FORMS[name]
    url = page(plan)
    data = sent_by(client.get(url).context["form"])
    assert client.post(url, data | {field: theirs}).status_code == 302
    refused = client.post(url, data | {field: mine})
    words = refused.content.decode()
    assert (refused.status_code, STALE in words, NOW.format(theirs) in words) == (422, True, True)
    again = sent_by(refused.context["form"])
    assert again[field] == mine  # nothing that was typed is lost
    assert str(client.get(url).context["form"][field].value()) == theirs
    assert client.post(url, again).status_code == 302
    assert str(client.get(url).context["form"][field].value()) == mine


def test_the_head_of_a_price_round(client: Client, people: People) -> None:
    url = url_of("round-edit", make_round(owner=people.director).pk)
    client.force_login(people.director)
    data = sent_by(client.get(url).context["form"])
    assert client.post(url, data | {"explanation": "Theirs"}).status_code == 302
    refused = client.post(url, data | {"explanation": "Mine"})
    assert (refused.status_code, NOW.format("Theirs") in refused.content.decode()) == (422, True)
    again = sent_by(refused.context["form"])
    assert again["explanation"] == "Mine"
    assert client.post(url, again).status_code == 302


def test_months_do_not_stand_in_the_way_of_their_line(
    client: Client, people: People, plan: Plan
) -> None:
    url = _sales_line(plan)
    data = sent_by(client.get(url).context["form"])
    line = plan.sales_lines.get()
    key = (line.pk, plan.period.lower)
    amounts.save_cells(plan=plan, user=people.owner, cells={key: Decimal(6)})
    assert client.post(url, data | {"note": "Mine"}).status_code == 302


def test_what_else_is_written_in_a_plan_does_not_stand_in_the_headers_way(
    client: Client, people: People, plan: Plan
) -> None:
    url = url_of("plan-edit", plan.pk)
    data = sent_by(client.get(url).context["form"])
    section = url_of("section-edit", plan.pk, "ambition")
    assert client_of(people.director).post(section, {"text": "Oats"}).status_code == 302
    assert client.post(url, data | {"title": "Mine"}).status_code == 302
    plan.refresh_from_db()
    assert plan.title == "Mine"
    assert people.director.pk in plan.writer_ids
    with pytest.raises(StaleError):
        making.update_header(plan=plan, by=people.owner, read_as=data["version"], title="Other")


def test_progress_of_an_activity_goes_on_and_tells_too(client: Client, plan: Plan) -> None:
    row = make_activity(plan=plan)
    take_plan(plan=plan, to="active")
    url = url_of("activity-edit", row.pk)
    data = sent_by(client.get(url).context["form"])
    assert client.post(url, data | {"spent": "5"}).status_code == 302
    refused = client.post(url, data | {"spent": "6"})
    assert (refused.status_code, NOW.format("5") in refused.content.decode()) == (422, True)
    row.refresh_from_db()
    assert row.spent == 5


def test_another_scenario_that_is_chosen_takes_the_mark_from_this_one(
    client: Client, plan: Plan
) -> None:
    mine = make_scenario(plan=plan, levers=LEVERS, is_chosen=True)
    url = url_of("lever-edit", mine.pk)
    data = sent_by(client.get(url).context["form"])
    levers.add_scenario(plan=plan, user=None, name="Theirs", is_chosen=True)
    refused = client.post(url, data | {"note": "Mine"})
    assert (refused.status_code, NOW.format("no") in refused.content.decode()) == (422, True)
    assert LeverScenario.objects.get(is_chosen=True).name == "Theirs"


def test_how_far_it_is_does_not_give_work_back(client: Client, people: People, plan: Plan) -> None:
    goal = make_objective(plan=plan, owner=people.owner)
    take_plan(plan=plan, to="active")
    url = url_of("objective-edit", goal.pk)
    data = sent_by(client.get(url).context["form"])
    objectives.give_work(row=goal, owner=people.director, by=people.owner)
    refused = client.post(url, data | {"typed_percent": "30"})
    assert refused.status_code == 422
    assert STALE in refused.content.decode()
    goal.refresh_from_db()
    assert (goal.owner, goal.typed_percent) == (people.director, None)
    again = sent_by(refused.context["form"]) | {"owner": people.director.pk}
    assert client.post(url, again).status_code == 302
    goal.refresh_from_db()
    assert (goal.owner, goal.typed_percent) == (people.director, 30)


def test_a_review_is_not_finished_over_what_another_wrote(client: Client, plan: Plan) -> None:
    review = _review(plan)
    url = url_of("review-finish", review.pk)
    data = sent_by(client.get(url).context["form"])
    type(review).objects.filter(pk=review.pk).update(summary="Theirs")
    refused = client.post(url, data | {"summary": "Mine"})
    assert (refused.status_code, NOW.format("Theirs") in refused.content.decode()) == (422, True)
    assert client.post(url, sent_by(refused.context["form"])).status_code == 302
    review.refresh_from_db()
    assert (review.summary, review.state) == ("Mine", "done")


def test_what_hangs_below_is_not_taken_out_unseen(client: Client, plan: Plan) -> None:
    goal = make_objective(plan=plan)
    bundle = make_initiative(objective=goal)
    item = plan.swot_items.create(kind="threat", text="Own label", place=1)
    action = make_action(plan=plan, initiative=bundle)
    for row, url, change in (
        (action, url_of("action-drop", action.pk), action.save),
        (bundle, url_of("initiative-delete", bundle.pk),
         lambda: make_action(plan=plan, initiative=bundle)),
        (goal, url_of("objective-delete", goal.pk), lambda: make_initiative(objective=goal)),
        (item, url_of("swot-remove", plan.pk, item.pk), item.save),
    ):  # fmt: skip
        asked = client.get(url).context["version"]
        change()
        assert STALE in client.post(url, {"version": asked}, follow=True).content.decode(), url
        assert type(row).objects.filter(pk=row.pk).exists()
        assert client.post(url, {"version": client.get(url).context["version"]}).status_code == 302
        assert not type(row).objects.filter(pk=row.pk).exists()


REMOVED: dict[str, tuple[str, Callable[[Plan], Any]]] = {
    "activity-remove": ("marketing-plan", lambda plan: make_activity(plan=plan)),
    "lever-remove": ("lever-list", lambda plan: make_scenario(plan=plan, levers=LEVERS)),
    "range-remove": ("sales-plan", lambda plan: make_range_step(plan=plan)),
    "sales-line-remove": ("sales-plan", lambda plan: make_sales_line(plan=plan, months={1: 5})),
}


@pytest.mark.parametrize("name", REMOVED)
def test_what_another_changed_is_not_taken_out_unseen(
    client: Client, plan: Plan, name: str
) -> None:
    row = REMOVED[name][1](plan)
    url = url_of(name, row.pk)
    asked = client.get(url).context["version"]
    assert f'value="{asked}"' in client.get(url).content.decode()
    row.save()
    assert STALE in client.post(url, {"version": asked}, follow=True).content.decode()
    assert type(row).objects.filter(pk=row.pk).exists()
    assert client.post(url, {"version": client.get(url).context["version"]}).status_code == 302
    assert not type(row).objects.filter(pk=row.pk).exists()


def test_a_pasted_block_does_not_overwrite_unseen(client: Client, plan: Plan) -> None:
    line = make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: 5, 2: 6})
    grid = url_of("sales-grid", plan.pk)
    shown = client.get(grid).context["grid"].shown
    SalesMonth.objects.filter(line=line, month__month=1).update(amount=7)
    sent = {"paste": "1", "block": "Oil\t9\t8", "shown": shown}
    refused = client.post(grid, sent)
    words = refused.content.decode()
    assert refused.status_code == 422
    assert "somebody else wrote “7” meanwhile. Take over again to put yours there." in words
    assert "Oil\t9\t8" in words  # the block stays where it was pasted
    assert [one.amount for one in line.months.order_by("month")] == [7, 6]
    again = sent | {"shown": refused.context["grid"].shown}
    assert client.post(grid, again).status_code == 302
    assert [one.amount for one in line.months.order_by("month")] == [9, 8]
    # What somebody wrote alike is no matter, and who does not say what was shown is not asked.
    assert client.post(grid, sent).status_code == 302
    assert client.post(grid, {"paste": "1", "block": "Oil\t1\t2"}).status_code == 302
    assert [one.amount for one in line.months.order_by("month")] == [1, 2]


def test_a_block_pasted_where_nothing_was_planned_asks_as_well(client: Client, plan: Plan) -> None:
    grid = url_of("sales-grid", plan.pk)
    shown = client.get(grid).context["grid"].shown
    make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: 5})
    sent = {"paste": "1", "block": "Oil\t9", "shown": shown}
    assert client.post(grid, sent).status_code == 422
    assert SalesMonth.objects.get().amount == 5


def test_what_was_typed_into_a_line_that_is_gone_is_told(client: Client, plan: Plan) -> None:
    oil = make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: 5})
    rye = make_sales_line(plan=plan, category=make_category(name="Rye"), months={1: 5})
    grid = url_of("sales-grid", plan.pk)
    shown = client.get(grid).context["grid"].shown
    here, gone = f"c-{oil.pk}-2026-01", f"c-{rye.pk}-2026-01"
    rye.delete()
    sent = {here: "6", gone: "77", "shown": shown, "save": "1"}
    refused = client.post(grid, sent)
    words = refused.content.decode()
    assert refused.status_code == 422
    assert "Somebody else took a line out meanwhile. What you wrote in it: 77." in words
    assert SalesMonth.objects.get().amount == 5
    again = {here: "6", "shown": refused.context["grid"].shown, "save": "1"}
    assert client.post(grid, again).status_code == 302
    assert SalesMonth.objects.get().amount == 6


def test_cells_are_compared_under_the_lock(people: People, plan: Plan) -> None:
    line = make_sales_line(plan=plan, category=make_category(), months={1: 5})
    month = plan.period.lower
    key = (line.pk, month)
    with pytest.raises(amounts.ChangedCellsError) as refused:
        amounts.save_cells(
            plan=plan, user=people.owner, cells={key: Decimal(6)}, read={key: Decimal(4)}
        )
    assert refused.value.keys == {key}
    alike = {key: Decimal(5)}
    assert amounts.save_cells(plan=plan, user=people.owner, cells=alike, read={}) == 0


def test_the_api_refuses_an_older_version(people: People, plan: Plan) -> None:
    api, brief = Api(people.owner), _brief(plan)
    issue = make_issue(brief=brief, our_interest="Ours")
    activity, budget = make_activity(plan=plan), make_budget(plan=plan)
    scenario = make_scenario(plan=plan, levers=LEVERS)
    put_issue = {"id": issue.pk, "title": issue.title, "subject": "price"}
    calls: tuple[tuple[str, str, str, dict[str, Any], dict[str, Any]], ...] = (
        (f"plans/{plan.pk}/", "PATCH", "", {"title": "Theirs"}, {"title": "Mine"}),
        (f"plan-marketing-activities/{activity.pk}/", "PATCH", "", {"title": "Theirs"},
         {"title": "Mine"}),
        (f"plan-marketing-budgets/{budget.pk}/", "PATCH", "", {"amount": "2"}, {"amount": "3"}),
        (f"plan-growth-scenarios/{scenario.pk}/", "PATCH", "",
         {"levers": [{"kind": "trips", "baseline": "4", "target": "6"}]}, {"note": "Mine"}),
        (f"negotiation-briefs/{brief.pk}/", "PATCH", "", {"aim": "Theirs"}, {"aim": "Mine"}),
        (f"negotiation-briefs/{brief.pk}/", "POST", "put-issue/",
         put_issue | {"our_interest": "Theirs"}, put_issue | {"our_interest": "Mine"}),
    )  # fmt: skip
    for path, method, act, theirs, mine in calls:
        read = {"If-Match": api.get(path)["ETag"]}
        first = api.call(method, f"{path}{act}", theirs, headers=read)
        assert first.status_code == 200, (path, first.content)
        late = api.call(method, f"{path}{act}", mine, headers=read)
        assert late.status_code == 412, (path, late.content)
    assert MarketingActivity.objects.get().title == "Theirs"
    assert MarketingBudget.objects.get().amount == 2
    issue.refresh_from_db()
    assert issue.our_interest == "Theirs"
