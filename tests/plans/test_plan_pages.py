"""The plan as a document: made from a template, read by sections, edited where it stands."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from kam.identity.models import User
from plans.choices.plan import PlanState
from plans.models import Plan, PlanSection, PlanTemplate, SwotItem
from plans.search import search_plans
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.negotiation import make_brief
from tests.factories.plans import (
    make_action,
    make_initiative,
    make_objective,
    make_plan,
    make_plan_member,
    take_plan,
)
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
LIST_QUERIES, PANEL_QUERIES = 9, 9


def test_a_plan_is_made_from_the_proposed_template_and_read(
    people: People, account: Account
) -> None:
    client = client_of(people.owner)
    url = f"{reverse('plans:plan-create')}?account={account.pk}"
    shown = client.get(url)
    assert shown.status_code == 200
    form = shown.context["form"]
    assert form.initial["template"].tier_code == ""
    start, end = form.initial["start"], form.initial["end"]
    assert form["end"].value() == end - timedelta(days=1)  # people say the last day
    data = {one.name: one.value() for one in form if one.value()} | {"confidentiality": "open"}
    made = client.post(url, data)
    plan = Plan.objects.get()
    assert (made.status_code, made["Location"]) == (302, plan.get_absolute_url())
    assert plan.period == DateRange(start, end)
    assert client.post(url, {**data, "end": start - timedelta(days=1)}).status_code == 422
    page = client.get(plan.get_absolute_url())
    assert [one.line.kind for one in page.context["shown"]] == [
        "ambition", "figures", "objectives", "kpis", "risks",
    ]  # fmt: skip


def test_a_section_is_written_where_it_stands(people: People, plan: Plan) -> None:
    client = client_of(people.owner)
    url = reverse("plans:section-edit", args=[plan.pk, "ambition"])
    part = {"HX-Request": "true", "HX-Target": "section-ambition"}
    assert b"<html" not in client.get(url, headers=part).content
    saved = client.post(url, {"text": " First supplier of oats "}, headers=part)
    assert (saved.status_code, b"First supplier of oats" in saved.content) == (200, True)
    row = plan.sections.get(kind="ambition")
    assert (row.text, row.checked_on) == ("First supplier of oats", timezone.localdate())
    assert client.post(url, {"text": "x" * 20_001}).status_code == 422
    take_plan(plan=plan, to=PlanState.IN_REVIEW)
    assert client.post(url, {"text": "Other"}).status_code == 422
    row.refresh_from_db()
    assert row.text == "First supplier of oats"


def test_two_who_write_the_same_see_each_others_words(people: People, plan: Plan) -> None:
    objective = make_objective(plan=plan, title="Grow oats", owner=people.owner)
    urls = {
        reverse("plans:section-edit", args=[plan.pk, "ambition"]): ("text", "First in oats"),
        reverse("plans:objective-edit", args=[objective.pk]): ("title", "Grow rye"),
    }
    client = client_of(people.owner)
    for url, (name, theirs) in urls.items():
        form = client.get(url).context["form"]
        data = {one.name: one.value() for one in form if one.value()}
        assert client.post(url, data | {name: theirs}).status_code == 302
        refused = client.post(url, data | {name: "Mine"})
        words = refused.content.decode()
        assert refused.status_code == 422
        assert f"It says now: {theirs}" in words
        assert "Mine" in words
        again = {one.name: one.value() for one in refused.context["form"] if one.value()}
        assert client.post(url, again).status_code == 302  # both were seen: it holds
    objective.refresh_from_db()
    assert (objective.title, plan.sections.get(kind="ambition").text) == ("Mine", "Mine")


def test_the_page_asks_as_much_for_three_as_for_one(people: People, plan: Plan) -> None:
    client, counts = client_of(people.owner), list[int]()
    for count in (1, 2):
        for place in range(count):
            objective = make_objective(plan=plan, owner=people.owner)
            make_action(plan=plan, initiative=make_initiative(objective=objective))
            SwotItem.objects.create(plan=plan, kind="threat", text="Own label", place=place)
            below = make_account(parent=plan.account, lead=people.owner)
            make_plan(account=below, owner=people.owner, parent=plan)
            make_plan_member(plan=plan, user=make_user())
            PlanSection.objects.filter(plan=plan).update(owner=people.owner, text="Said")
        with CaptureQueriesContext(connection) as asked:
            page = client.get(plan.get_absolute_url())
        assert page.status_code == 200
        counts.append(len(asked))
    assert len(page.context["children"]) == 3
    # Topics bring sections of their own, which share the page's statements.
    assert counts[0] == counts[1] <= 30


def test_lists_ask_as_much_for_three_as_for_one(
    people: People, account: Account, plan: Plan, django_assert_num_queries: Any
) -> None:
    client = client_of(people.owner)
    urls = {
        reverse("plans:plan-list"): LIST_QUERIES,
        reverse("plans:panel-plans", args=[account.pk]): PANEL_QUERIES,
    }
    for url in urls:
        client.get(url)
    for more in (0, 2):
        for _one in range(more):
            below = make_account(parent=account, lead=people.owner)
            make_plan(account=below, owner=people.owner)
        for url, expected in urls.items():
            with django_assert_num_queries(expected):
                assert client.get(url).status_code == 200


def test_the_list_filters_and_exports(people: People, plan: Plan) -> None:
    late = make_plan(
        account=make_account(name="Tokmanni", lead=people.owner),
        owner=people.owner,
        state=PlanState.ACTIVE,
        title="Tokmanni 2026",
        review_on=date(2026, 2, 1),
    )
    make_plan(account=make_account(lead=people.stranger), owner=people.stranger)
    PlanSection.objects.filter(plan=plan, kind="ambition").update(is_required=True)
    make_action(plan=late, percent=Decimal(25), due_on=date(2026, 1, 15))
    make_action(plan=late, state="done", done_on=date(2026, 1, 14))
    client, url = client_of(people.owner), reverse("plans:plan-list")
    asked = {
        "": {plan, late},
        "state=active": {late},
        "incomplete=on": {plan},
        "review_before=2026-03-01": {late},
        f"owner={people.owner.pk}": {plan, late},
        "q=tokm": {late},
        "on=2025-05-05": set(),
        f"within={plan.account_id}": {plan},
        "confidentiality=named": set(),
        "tier=key": set(),
    }
    for query, expected in asked.items():
        table = client.get(f"{url}?{query}").context["table"]
        assert set(table.page.rows) == expected, query
    file = b"".join(client.get(f"{url}?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert ("Tokmanni 2026" in file, "Kesko 2026" in file) == (True, True)
    rows = csv.DictReader(file.lstrip("\ufeff").splitlines())
    found = {row["Plan"]: (row["Progress"], row["Overdue actions"]) for row in rows}
    assert found == {"Tokmanni 2026": ("0.6250", "1"), "Kesko 2026": ("", "0")}


WHO = {  # owner, team-mate, stranger, director, auditor: page, edit form, section form, readers
    "owner": (200, 200, 200, 200),
    "teammate": (200, 404, 404, 404),
    "stranger": (404, 404, 404, 404),
    "director": (200, 200, 200, 200),
    "controller": (200, 404, 404, 404),
    "auditor": (200, 404, 404, 404),
}


def test_who_may_what(people: People, plan: Plan) -> None:
    names = [
        ("plans:plan-detail", ()), ("plans:plan-edit", ()),
        ("plans:section-edit", ("ambition",)), ("plans:plan-readers", ()),
    ]  # fmt: skip
    for who, expected in WHO.items():
        client = client_of(getattr(people, who))
        found = tuple(
            client.get(reverse(name, args=[plan.pk, *more])).status_code for name, more in names
        )
        assert found == expected, who
    for who in ("teammate", "stranger", "auditor"):
        client = client_of(getattr(people, who))
        url = reverse("plans:section-edit", args=[plan.pk, "ambition"])
        assert client.post(url, {"text": "Mine"}).status_code == 404
        new = f"{reverse('plans:plan-create')}?account={plan.account_id}"
        assert client.get(new).status_code == 404, who
    assert not PlanSection.objects.exclude(text="").exists()


def test_confidentiality_holds_on_every_way(people: People, plan: Plan) -> None:
    assert client_of(people.owner).post(
        reverse("plans:plan-readers", args=[plan.pk]), {"confidentiality": "named"}
    ).status_code == 302  # fmt: skip
    hidden = [people.teammate, people.director, people.administrator, people.auditor]
    for user in hidden:
        client = client_of(user)
        assert client.get(plan.get_absolute_url()).status_code == 404
        assert client.get(reverse("plans:section", args=[plan.pk, "ambition"])).status_code == 404
        assert b"Kesko 2026" not in client.get(reverse("plans:plan-list")).content
        panel = reverse("plans:panel-plans", args=[plan.account_id])
        assert b"Kesko 2026" not in client.get(panel).content
        assert search_plans(user, "kesko", 5) == []
    assert [hit.title for hit in search_plans(people.owner, "kesko", 5)] == ["Kesko 2026"]


def test_the_technical_admin_reads_past_no_confidentiality(
    people: People, account: Account, plan: Plan
) -> None:
    chief = User.objects.create_superuser("chief@kam.test", "pass", full_name="Chief")
    make_plan(
        account=make_account(name="Coop"),
        owner=people.director,
        title="Sale of the brand",
        confidentiality="named",
    )
    make_brief(account=account, owner=people.owner, title="Secret talks", plan=plan)
    client = client_of(chief)
    shown = client.get("/admin/plans/plan/").content.decode()
    assert plan.title in shown
    assert "Sale of the brand" not in shown
    secret = Plan.objects.get(title="Sale of the brand")
    assert client.get(f"/admin/plans/plan/{secret.pk}/change/").status_code == 302
    assert "Secret talks" not in client.get("/admin/plans/negotiationbrief/").content.decode()
    for model in apps.get_app_config("plans").get_models():
        if admin.site.is_registered(model):
            url = reverse(f"admin:plans_{model._meta.model_name}_changelist")
            assert client.get(url).status_code == 200, url


def test_what_the_system_knows_is_proposed_once(people: People, plan: Plan) -> None:
    client, url = client_of(people.owner), reverse("plans:swot-hints", args=[plan.pk])
    shown = client.get(url)
    names = [hint.name for group in shown.context["groups"] for hint in group["hints"]]
    assert "gap:decision-maker" in names
    assert client.post(url, {"chosen": ["gap:decision-maker"]}).status_code == 302
    item = plan.swot_items.get()
    assert (item.kind, item.origin, item.origin_key) == ("weakness", "gap", "decision-maker")
    again = client.get(url)
    assert "gap:decision-maker" not in [
        hint.name for group in again.context["groups"] for hint in group["hints"]
    ]
    assert client.post(url, {"chosen": ["gap:decision-maker"]}).status_code == 422
    page = client.get(plan.get_absolute_url())
    assert item.text in page.content.decode()


def test_live_sections_are_for_who_sees_the_account(people: People, plan: Plan) -> None:
    """A supporting member reads the plan, without figures of the account."""
    member = make_user()
    make_member(account=plan.account, user=member)
    for kind in ("figures", "portrait", "programme"):
        url = reverse("plans:section", args=[plan.pk, kind])
        seen = client_of(people.owner).get(url)
        hidden = client_of(member).get(url)
        assert (seen.status_code, hidden.status_code) == (200, 200)
        assert b"for those who see the account" not in seen.content
        assert b"for those who see the account" in hidden.content
    assert b"What the system knows" not in client_of(member).get(plan.get_absolute_url()).content


def test_templates_have_pages(people: People) -> None:
    client = client_of(people.director)
    assert client_of(people.owner).get(reverse("plans:template-list")).status_code == 404
    names = [line["template"].tier_code for line in client.get(
        reverse("plans:template-list")).context["lines"]]  # fmt: skip
    assert sorted(names) == ["", "growth", "key", "strategic"]
    row = PlanTemplate.objects.get(tier_code="growth")
    url = reverse("plans:template-edit", args=[row.pk])
    data = {"name": "Growth", "tier_code": "growth", "is_active": "on",
            "ambition-is_there": "on", "swot-is_required": "on", "swot-hint": "Say it"}  # fmt: skip
    assert client.post(url, data | {"tier_code": "nowhere"}).status_code == 422
    assert client.post(url, {"name": "Growth", "tier_code": "growth"}).status_code == 422
    assert client.post(url, data).status_code == 302
    kept = row.sections.order_by("kind").values_list("kind", "is_required", "hint")
    assert list(kept) == [("ambition", False, ""), ("swot", True, "Say it")]
    twice = client.post(reverse("plans:template-create"), {**data, "name": "Two"})
    assert twice.status_code == 422
    assert client.get(row.get_absolute_url()).status_code == 200
