"""Pages and API of a plan's way, and who of strangers reaches anything of a confidential plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.utils import timezone

from kam.core.models import JobRun
from plans.choices.plan import Confidentiality, PlanRole, PlanState
from plans.models import LossScenario, Plan, PlanComment
from plans.services.approval.comments import add_comment
from plans.services.approval.snapshots import take_snapshot
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.identity import make_user
from tests.factories.loss import make_scenario
from tests.factories.plans import make_action, make_objective, make_plan_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(plan: Plan) -> Plan:
    """A draft that nothing stands in the way of today."""
    today = timezone.localdate()
    Plan.objects.filter(pk=plan.pk).update(
        review_on=today + timedelta(days=9),
        period=DateRange(today - timedelta(days=100), today + timedelta(days=200)),
    )
    plan.refresh_from_db()
    make_objective(plan=plan, measure="Share of shelf", title="More shelf")
    return plan


def _act(client: Client, plan: Plan, act: str, **data: str) -> Any:
    url = reverse("plans:plan-act", args=[plan.pk, act])
    if act == "approve" and "document_hash" not in data:
        page = client.get(url)
        data["document_hash"] = page.context["document_hash"] if page.status_code == 200 else ""
    return client.post(url, data)


def test_a_plan_goes_its_way_by_its_pages(people: People, ready: Plan) -> None:
    make_action(plan=ready)
    owner, director = client_of(people.owner), client_of(people.director)
    page = owner.get(reverse("plans:plan-act", args=[ready.pk, "submit"]))
    assert page.context["blockers"][0]["url"].endswith("#section-objectives")
    refused = _act(owner, ready, "submit")
    assert refused.status_code == 422
    assert b"has no owner" in refused.content
    ready.actions.update(owner=people.owner)
    assert _act(director, ready, "approve").status_code == 404
    assert _act(owner, ready, "submit", text="Look at the shelf").status_code == 302
    assert _act(owner, ready, "approve").status_code == 404
    assert _act(director, ready, "send-back").status_code == 422
    assert _act(director, ready, "approve").status_code == 302
    # Another tab, or somebody quicker: how the plan stands, not a page that is not here.
    for who, late in ((owner, "submit"), (director, "approve")):
        moved = _act(who, ready, late)
        assert (moved.status_code, moved["Location"]) == (302, ready.get_absolute_url())
    assert _act(owner, ready, "activate").status_code == 302
    ready.refresh_from_db()
    assert ready.state == PlanState.ACTIVE
    shown = owner.get(ready.get_absolute_url()).content.decode()
    assert "Look at the shelf" in shown
    frozen = owner.get(reverse("plans:snapshot-detail", args=[ready.pk, 1]))
    assert frozen.context["is_unchanged"]
    assert "More shelf" in frozen.content.decode()
    assert _act(owner, ready, "revise", text="New range").status_code == 302
    section = reverse("plans:section-edit", args=[ready.pk, "ambition"])
    assert owner.post(section, {"text": "Double the shelf"}).status_code == 302
    changed = owner.get(reverse("plans:plan-compare", args=[ready.pk]))
    titles = [part.title for part in changed.context["parts"]]
    assert titles == ["Basic facts of the plan", "Ambition"]
    assert "Double the shelf" in changed.content.decode()
    assert owner.get(reverse("plans:snapshot-list", args=[ready.pk])).status_code == 200
    nothing = {"before": "1", "after": "1"}
    same = owner.get(reverse("plans:plan-compare", args=[ready.pk]), nothing)
    assert same.context["parts"] == []
    bad = {"before": "9", "after": "x"}
    assert owner.get(reverse("plans:plan-compare", args=[ready.pk]), bad).status_code == 404
    assert _act(owner, ready, "cancel").status_code == 422
    assert _act(owner, ready, "cancel", text="Sold").status_code == 302
    assert _act(owner, ready, "nowhere").status_code == 404


def test_what_is_approved_is_what_its_approver_read(people: People, ready: Plan) -> None:
    """What hangs at a plan has a life of its own: it shows, and nobody approves it unseen."""
    lost = make_scenario(ready.account, plan=ready, attached_at=timezone.now(), title="They go")
    owner, director = client_of(people.owner), client_of(people.director)
    assert _act(owner, ready, "submit").status_code == 302
    url = reverse("plans:plan-act", args=[ready.pk, "approve"])
    page = director.get(url)
    assert (page.context["changed"], page.context["submitted"].number) == ([], 1)
    LossScenario.objects.filter(pk=lost.pk).update(title="Half of them go")
    for read in (page.context["document_hash"], ""):
        refused = _act(director, ready, "approve", document_hash=read)
        assert refused.status_code == 422
        assert [one.title for one in refused.context["changed"]] == ["Risks and contingency"]
        assert "?before=1&amp;after=live" in refused.content.decode()
    ready.refresh_from_db()
    assert (ready.state, ready.snapshots.count()) == (PlanState.IN_REVIEW, 1)
    again = refused.context["document_hash"]
    assert _act(director, ready, "approve", document_hash=again).status_code == 302
    frozen = ready.snapshots.get(reason="approval")
    assert "Half of them go" in str(frozen.content)


def test_a_snapshot_by_hand_is_a_job(people: People, ready: Plan) -> None:
    owner, url = client_of(people.owner), reverse("plans:snapshot-take", args=[ready.pk])
    assert client_of(people.teammate).post(url).status_code == 404
    went = owner.post(url, {"note": "Before the meeting"})
    run = JobRun.objects.get(name="plans.take_snapshot")
    assert went["Location"].endswith(f"?job={run.pk}")
    assert owner.get(went["Location"]).context["run"] == run
    progress = reverse("plans:snapshot-run", args=[ready.pk, run.pk])
    assert b"<progress" in owner.get(progress).content
    assert client_of(people.stranger).get(progress).status_code == 404


def test_comments_beside_a_section(people: People, ready: Plan) -> None:
    director, url = (
        client_of(people.director),
        reverse("plans:comment-add", args=[ready.pk, "ambition"]),
    )
    assert director.post(url, {"text": "How much?"}).status_code == 302
    part = {"HX-Request": "true", "HX-Target": "comments-ambition"}
    answer = director.post(url, {"text": "By when?"}, headers=part)
    assert (b"<html" in answer.content, b"By when?" in answer.content) == (False, True)
    assert director.post(url, {"text": " "}, headers=part).status_code == 422
    row = PlanComment.objects.earliest("pk")
    owner = client_of(people.owner)
    assert b"How much?" in owner.get(ready.get_absolute_url()).content
    resolve = reverse("plans:comment-resolve", args=[ready.pk, row.pk])
    assert owner.post(resolve).status_code == 302
    assert owner.post(reverse("plans:comment-reopen", args=[ready.pk, row.pk])).status_code == 302
    for who in (people.stranger, people.auditor):
        assert client_of(who).post(url, {"text": "Mine"}).status_code == 404
        assert client_of(who).post(resolve).status_code == 404
    assert PlanComment.objects.filter(resolved_at__isnull=True).count() == 2
    nowhere = reverse("plans:comment-add", args=[ready.pk, "nowhere"])
    assert director.get(nowhere).status_code == 404


def test_the_way_over_the_api(people: People, ready: Plan) -> None:
    owner, director, base = Api(people.owner), Api(people.director), f"plans/{ready.pk}/"
    make_action(plan=ready, title="Call them")
    found = owner.get(f"{base}problems/").data
    assert [one["code"] for one in found["blockers"]] == ["plan_action_ownerless"]
    assert owner.post(f"{base}submit/", {}).status_code == 422
    ready.actions.update(owner=people.owner)
    assert owner.post(f"{base}submit/", {"text": "Please"}).data["state"] == "in_review"
    assert owner.post(f"{base}approve/", {}).status_code == 404
    assert Api(people.stranger).post(f"{base}approve/", {}).status_code == 404
    assert director.post(f"{base}send-back/", {}).status_code == 400
    read = director.get(f"{base}document/").data
    assert read["content"]["header"]["title"] == "Kesko 2026"
    other = director.post(f"{base}approve/", {"document_hash": "0" * 64})
    assert (other.status_code, other.data["code"]) == (422, "plan_changed_meanwhile")
    agreed = director.post(f"{base}approve/", {"document_hash": read["document_hash"]})
    assert agreed.data["state"] == "approved"
    assert director.post(f"{base}approve/", {}).status_code == 422
    said = {"plan": ready.pk, "section": "ambition", "text": "Why?"}
    comment = director.post("plan-comments/", said).data
    assert owner.post(f"plan-comments/{comment['id']}/resolve/", {}).data["resolved_at"]
    assert owner.post(f"plan-comments/{comment['id']}/reopen/", {}).data["resolved_at"] is None
    [line] = owner.get(f"plan-snapshots/?plan={ready.pk}&reason=approval").data["results"]
    whole = owner.get(f"plan-snapshots/{line['id']}/").data
    assert (whole["is_unchanged"], whole["content"]["header"]["title"]) == (True, "Kesko 2026")
    assert owner.get(f"plan-snapshots/{line['id']}/diff/").data["changes"] == []
    assert owner.post(f"{base}revise/", {"text": "New range"}).data["revision"] == 2
    changes = owner.get(f"plan-snapshots/{line['id']}/diff/").data["changes"]
    assert [one["path"] for one in changes] == [["header", "revision"], ["header", "state"]]
    assert changes[0]["difference"] == "1"
    assert owner.get(f"plan-snapshots/{line['id']}/diff/?after=999999").status_code == 400
    assert owner.post("plan-snapshots/", {"plan": ready.pk}).status_code == 202
    kinds = [one["kind"] for one in owner.get(f"{base}steps/").data["results"]]
    assert kinds == ["revised", "approved", "submitted"]
    assert owner.post(f"{base}cancel/", {"text": "Sold"}).data["end_reason"] == "Sold"


def _addresses(plan: Plan, kinds: dict[str, Any]) -> list[str]:
    """Every page of plans that names one by `pk`, and its parts by what the values say."""
    found = []
    for pattern in get_resolver("plans.urls").url_patterns:
        route = str(pattern.pattern)
        if not route.startswith("plans/<int:pk>/"):
            continue
        names = list(pattern.pattern.converters)
        assert isinstance(pattern, URLPattern)
        try:
            values = {name: plan.pk if name == "pk" else kinds[name] for name in names}
            found.append(reverse(f"plans:{pattern.name}", kwargs=values))
        except (KeyError, NoReverseMatch):  # rows of other topics: their own tests know them
            continue
    return found


def test_nobody_reaches_anything_of_a_plan_of_named_people(people: People, ready: Plan) -> None:
    """A stranger, a team-mate who is not named, an expired approver: page, API, list, export."""
    expired = make_user(team=people.owner.team)
    past = DateRange(date(2025, 1, 1), timezone.localdate() - timedelta(days=1))
    make_plan_member(plan=ready, user=expired, role=PlanRole.APPROVER, valid=past)
    Plan.objects.filter(pk=ready.pk).update(confidentiality=Confidentiality.NAMED)
    ready.refresh_from_db()
    snapshot = take_snapshot(plan=ready, reason="by_hand", as_of=date(2026, 6, 1), by=None)
    comment = add_comment(
        plan=ready, by=people.owner, text="Secret", section="ambition", at=timezone.now()
    )
    pages = _addresses(
        ready,
        {"kind": "ambition", "act": "approve", "number": 1, "comment": comment.pk, "run": 1},
    )
    assert len(pages) > 15
    rows = [
        f"plans/{ready.pk}/", f"plans/{ready.pk}/problems/", f"plans/{ready.pk}/steps/",
        f"plan-snapshots/{snapshot.pk}/", f"plan-snapshots/{snapshot.pk}/diff/",
        f"plan-comments/{comment.pk}/",
    ]  # fmt: skip
    lists = ("plans/", "plan-snapshots/", "plan-comments/", "plan-sections/", "plan-objectives/")
    owner = Api(people.owner)
    assert [owner.get(one).status_code for one in rows] == [200] * len(rows)
    for user in (people.stranger, people.teammate, expired, people.director, people.administrator):
        client, api = client_of(user), Api(user)
        answers = {url: (client.get(url).status_code, client.post(url).status_code)
                   for url in pages}  # fmt: skip
        assert {one for got in answers.values() for one in got} <= {404, 405}, answers
        assert [api.get(one).status_code for one in rows] == [404] * len(rows)
        assert [api.get(one).data["results"] for one in lists] == [[]] * len(lists)
        file = client.get(f"{reverse('plans:plan-list')}?export=csv").getvalue().decode()
        assert "Kesko 2026" not in file
        assert api.post("plan-comments/", {"plan": ready.pk, "text": "x"}).status_code == 400
    assert ready.comments.count() == 1


def test_frozen_figures_are_for_who_sees_the_account(people: People, ready: Plan) -> None:
    reader = make_user(team=people.stranger.team)
    make_plan_member(plan=ready, user=reader)
    snapshot = take_snapshot(plan=ready, reason="by_hand", as_of=date(2026, 6, 1), by=None)
    hidden = Api(reader).get(f"plan-snapshots/{snapshot.pk}/").data["content"]["sections"]
    assert {one["id"] for one in hidden if "is_hidden" not in one} == {
        "ambition", "swot", "objectives",
    }  # fmt: skip
    page = client_of(reader).get(reverse("plans:snapshot-detail", args=[ready.pk, 1]))
    assert b"for those who see the account" in page.content
    whole = Api(people.owner).get(f"plan-snapshots/{snapshot.pk}/").data["content"]
    assert whole == snapshot.content


def test_the_job_takes_the_snapshot(people: People, ready: Plan) -> None:
    from plans.services.approval.snapshots import ask_for_snapshot
    from plans.tasks import freeze_plan

    run = ask_for_snapshot(plan=ready, by=people.owner, as_of=date(2026, 6, 1), note="Now")

    class Told:
        run_id = run.pk
        said: list[str] = []

        def report(self, done: int, total: int | None = None, message: str = "") -> None:
            self.said.append(message)

    told: Any = Told()
    assert freeze_plan(told, **run.arguments) == {"plan": ready.pk, "snapshot": 1}
    assert len(told.said) == ready.sections.count()
    assert ready.snapshots.get().note == "Now"
    assert freeze_plan(told, **run.arguments) == {"plan": ready.pk, "snapshot": 1}
    assert ready.snapshots.count() == 1  # what ran already and is tried again makes no second one
