"""Making, changing, cloning and moving plans: what goes along and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import Account
from accounts.services.merging import merge_accounts, plan_merge
from accounts.services.team.handovers import hand_over
from kam.core.models import Currency, Organisation
from kam.core.problems import RefusedError
from kam.core.timeline import Wanted
from kam.core.todos import todos_for
from kam.identity.models import User
from kam.notifications.models import Notification
from plans.choices.plan import Confidentiality, PlanRole, PlanState
from plans.models import Initiative, Plan, PlanSection, PlanStep, PlanTemplate, SwotItem
from plans.selectors.plan.document import document_of
from plans.selectors.plan.lines import steps
from plans.selectors.plan.proposals import free_year, next_period, template_for
from plans.services.plan.cloning import clone_plan
from plans.services.plan.handing import open_plans
from plans.services.plan.making import PlanDraft, update_header
from plans.services.plan.making import make_plan as make_plan_service
from plans.services.plan.people import (
    add_member,
    change_confidentiality,
    end_member,
    shut_out,
)
from plans.services.plan.telling import tell_reviews
from plans.services.plan.templates import ensure_default_templates
from plans.services.plan.texts import add_section, remove_section, save_section
from plans.services.writing import NotDraftError, NotOpenError
from tests.conftest import People
from tests.factories.accounts import make_account, make_product
from tests.factories.figures import make_range_step
from tests.factories.identity import make_user
from tests.factories.loss import make_scenario
from tests.factories.plans import (
    YEAR,
    make_action,
    make_initiative,
    make_kpi,
    make_objective,
    make_plan,
    make_plan_member,
    make_template,
    take_plan,
)
from tests.factories.tiers import make_assignment, make_model

pytestmark = pytest.mark.django_db
NEXT = DateRange(date(2027, 1, 1), date(2028, 1, 1))


def draft(account: Account, lead: Any, **values: Any) -> PlanDraft:
    facts = {
        "template": PlanTemplate.objects.get(tier_code="", is_active=True),
        "title": "Kesko 2027",
        "period": NEXT,
        "currency": Currency.objects.get(pk="EUR"),
        "owner": lead,
    } | values
    return PlanDraft(account=account, **facts)


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value.code


def test_a_plan_has_the_sections_of_its_template(people: People, account: Account) -> None:
    template = PlanTemplate.objects.get(tier_code="key")
    row = make_plan_(draft(account, people.owner, template=template), people)
    assert list(row.sections.values_list("kind", "is_required")) == [
        ("ambition", True), ("figures", False), ("portrait", False), ("swot", True),
        ("objectives", True), ("kpis", True), ("levers", False), ("sales", True),
        ("marketing", False), ("programme", False), ("risks", True), ("negotiation", False),
    ]  # fmt: skip
    assert (row.writer_ids, row.created_by, row.state) == (
        [people.owner.pk], people.owner, PlanState.DRAFT,
    )  # fmt: skip
    assert PlanStep.objects.get(plan=row).kind == "created"
    ensure_default_templates()
    assert PlanTemplate.objects.filter(is_active=True).count() == 4


def make_plan_(said: PlanDraft, people: People) -> Plan:
    return make_plan_service(draft=said, by=people.owner)


def test_what_is_refused_says_why(people: People, account: Account, plan: Plan) -> None:
    owner, month = people.owner, timedelta(days=30)
    stopped = make_template()
    PlanTemplate.objects.filter(pk=stopped.pk).update(is_active=False)
    stopped.refresh_from_db()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"title": " "}, "plan_title"),
        ({"period": YEAR}, "plan_once_at_a_date"),
        ({"period": DateRange(date(2027, 1, 1), date(2027, 1, 1))}, "plan_period"),
        ({"period": DateRange(date(2027, 1, 1), date(2032, 1, 2))}, "plan_period_too_long"),
        ({"period": DateRange(date(1, 1, 1), date(2, 1, 1))}, "plan_period_of_our_time"),
        ({"period": DateRange(date(2199, 6, 1), date(2200, 6, 1))}, "plan_period_of_our_time"),
        ({"review_on": NEXT.upper + month}, "plan_review_outside"),
        ({"review_on": NEXT.lower - month}, "plan_review_outside"),
        ({"owner": people.auditor}, "plan_owner_may_write"),
        ({"owner": make_user(is_active=False)}, "plan_owner_may_write"),
        ({"template": stopped}, "template_not_in_use"),
    ]
    for change, code in cases:
        said = draft(account, owner, **change)
        assert code_of(partial(make_plan_service, draft=said, by=owner)) == code
    assert Plan.objects.get() == plan


def test_parents_are_of_accounts_above_and_never_in_a_circle(
    people: People, account: Account, plan: Plan
) -> None:
    owner = people.owner
    banner = make_account(parent=account, lead=owner)
    below = make_plan(account=banner, owner=owner, parent=plan)
    stranger = make_plan(account=make_account(lead=owner), owner=owner)
    old = make_plan(
        account=account, owner=owner, period=DateRange(date(2020, 1, 1), date(2021, 1, 1))
    )
    gone = make_plan(account=account, owner=owner, period=NEXT, state=PlanState.CANCELLED)
    cases = [(plan, plan), (plan, below), (below, stranger), (below, old), (below, gone)]
    for row, parent in cases:
        assert code_of(partial(update_header, plan=row, by=owner, parent=parent)) == (
            "plan_parent_above"
        )
    update_header(plan=below, by=owner, parent=None)
    assert update_header(plan=below, by=owner, parent=plan).parent == plan


def test_texts_change_in_a_draft_alone(people: People, plan: Plan) -> None:
    today = timezone.localdate()
    writer = make_user()
    row = plan.sections.get(kind="risks")
    save_section(section=row, by=writer, as_of=today, text="Own label")
    plan.refresh_from_db()
    assert plan.writer_ids == [people.owner.pk, writer.pk]
    assert code_of(lambda: add_section(plan=plan, kind="risks", by=writer)) == "plan_section_once"
    assert code_of(lambda: remove_section(section=row, by=writer)) == "section_says_something"
    remove_section(section=plan.sections.get(kind="levers"), by=writer)
    assert add_section(plan=plan, kind="levers", by=writer).kind == "levers"
    document = document_of(plan, as_of=today)
    lacks = dict(document.completeness.lacks)
    assert "risks" not in lacks
    take_plan(plan=plan, to=PlanState.IN_REVIEW)
    with pytest.raises(NotDraftError):
        save_section(section=row, by=writer, as_of=today, text="Other")
    change_confidentiality(plan=plan, level="named")
    assert code_of(lambda: change_confidentiality(plan=plan, level="all")) == (
        "plan_confidentiality_known"
    )


def test_members_come_and_go(people: People, plan: Plan) -> None:
    today = timezone.localdate()
    for role, user in (("writer", people.auditor), ("approver", people.teammate)):
        assert code_of(partial(add_member, plan=plan, user=user, role=role)) == ("plan_member_may")
    row = add_member(plan=plan, user=people.stranger, role="reader", start=today)
    assert Plan.objects.visible_to(people.stranger).count() == 1
    twice: dict[str, Any] = {"plan": plan, "user": people.stranger, "role": "reader"}
    assert code_of(lambda: add_member(**twice)) == "plan_member_once_at_a_date"
    end_member(member=row, on=today)
    assert not plan.members.exists()
    take_plan(plan=plan, to=PlanState.CANCELLED)
    with pytest.raises(NotOpenError):
        add_member(**twice)


def test_who_owns_open_actions_and_reads_the_plan_no_longer_is_named(
    people: People, plan: Plan
) -> None:
    make_action(plan=plan, owner=people.teammate)
    make_action(plan=plan, owner=people.owner)
    make_action(plan=plan, owner=people.stranger, state="dropped")
    assert shut_out(plan) == []
    change_confidentiality(plan=plan, level=Confidentiality.NAMED)
    assert shut_out(plan) == [str(people.teammate)]


def test_only_what_is_chosen_goes_into_the_next_period(people: People, plan: Plan) -> None:
    chosen = make_objective(plan=plan, title="Two listings", due_on=date(2026, 6, 30), gain=9)
    make_objective(plan=plan, title="Left behind")
    bundle = make_initiative(objective=chosen)
    make_action(plan=plan, initiative=bundle, title="Open", percent=40, due_on=date(2026, 3, 1))
    make_action(plan=plan, initiative=bundle, state="done", done_on=date(2026, 2, 1))
    make_kpi(plan=plan, target=5)
    SwotItem.objects.create(plan=plan, kind="threat", text="Own label")
    PlanSection.objects.filter(plan=plan, kind="ambition").update(text="First")
    bare = clone_plan(plan=plan, title="Bare", period=NEXT, by=people.owner)
    assert (bare.objectives.count(), bare.swot_items.count(), bare.kpis.count()) == (0, 0, 0)
    assert not bare.sections.exclude(text="").exists()
    full = clone_plan(
        plan=plan,
        title="Full",
        period=DateRange(date(2028, 1, 1), date(2029, 1, 1)),
        by=people.owner,
        objectives=[chosen],
        with_texts=True,
        with_swot=True,
    )
    objective = full.objectives.get()
    assert (objective.cloned_from, objective.due_on) == (chosen, date(2028, 6, 30))
    action = full.actions.get()
    assert (action.title, action.percent, action.origin) == ("Open", None, "clone")
    assert (full.sections.get(kind="ambition").text, full.swot_items.count()) == ("First", 1)
    assert full.sections.get(kind="ambition").checked_on is None
    other = make_objective(plan=bare)
    again = DateRange(date(2029, 1, 1), date(2030, 1, 1))
    assert code_of(
        lambda: clone_plan(
            plan=plan, title="X", period=again, by=people.owner, objectives=[other]
        )
    ) == "objective_of_another"  # fmt: skip
    assert Plan.objects.count() == 3


def test_days_stay_within_the_next_period_and_readers_go_along(
    people: People, account: Account
) -> None:
    """Into a leap year, and into a period that is shorter than the last one."""
    old = make_plan(
        account=account,
        owner=people.owner,
        period=DateRange(date(2023, 1, 1), date(2024, 1, 1)),
        review_on=date(2023, 6, 30),
        confidentiality=Confidentiality.NAMED,
    )
    writer, ended, gone = make_user(), make_user(), make_user(is_active=False)
    make_plan_member(plan=old, user=writer, role=PlanRole.WRITER)
    make_plan_member(plan=old, user=gone)
    make_plan_member(plan=old, user=ended, valid=DateRange(date(2023, 1, 1), date(2023, 7, 1)))
    goal = make_objective(plan=old, due_on=date(2023, 12, 31))
    bundle = make_initiative(objective=goal, due_on=date(2023, 2, 28))
    make_action(plan=old, initiative=bundle, due_on=date(2023, 12, 31))
    periods = {
        DateRange(date(2024, 1, 1), date(2025, 1, 1)): (date(2024, 12, 31), date(2024, 2, 28)),
        DateRange(date(2025, 1, 1), date(2025, 7, 1)): (date(2025, 6, 30), date(2025, 2, 28)),
    }
    for period, (last, february) in periods.items():
        new = clone_plan(plan=old, title="Next", period=period, by=writer, objectives=[goal])
        assert [new.objectives.get().due_on, new.actions.get().due_on] == [last, last]
        assert Initiative.objects.get(objective__plan=new).due_on == february
        assert list(new.members.values_list("user", "role")) == [(writer.pk, PlanRole.WRITER)]
        assert Plan.objects.visible_to(writer).filter(pk=new.pk).exists()


def test_the_next_plan_is_made_though_owner_and_template_are_gone(
    people: People, account: Account
) -> None:
    PlanTemplate.objects.update(is_active=False)
    old, used = make_template(), make_template(tier_code="")
    left, boss = make_user(), make_user()
    plan = make_plan(account=account, owner=left, template=old, sponsor=boss)
    User.objects.filter(pk__in=[left.pk, boss.pk]).update(is_active=False)
    PlanTemplate.objects.exclude(pk=used.pk).update(is_active=False)
    plan = Plan.objects.get(pk=plan.pk)
    new = clone_plan(plan=plan, title="Next", period=NEXT, by=people.director)
    assert (new.template, new.owner, new.sponsor) == (used, account.current_lead, None)
    left.refresh_from_db()
    led = make_plan(account=make_account(lead=None), owner=left, template=old)
    period = DateRange(led.period.upper, led.period.upper.replace(year=led.period.upper.year + 1))
    assert clone_plan(plan=led, title="Next", period=period, by=people.director).owner == (
        people.director
    )


def test_what_is_proposed(people: People, account: Account, plan: Plan) -> None:
    assert str(next_period(plan)) == "2027"
    assert str(free_year(account, 1, as_of=date(2026, 9, 1))) == "2027"
    fresh = make_account(lead=people.owner)
    assert str(free_year(fresh, 1, as_of=date(2026, 3, 1))) == "2026"
    april = free_year(fresh, 4, as_of=date(2026, 3, 1))
    assert (april.start, april.end) == (date(2026, 4, 1), date(2027, 4, 1))
    Organisation.objects.update(fiscal_year_start=1)
    today = timezone.localdate()
    make_assignment(model=make_model(), account=account, code="key")
    banner = make_account(parent=account, lead=people.owner)
    found = [template_for(one, as_of=today) for one in (fresh, account, banner)]
    names = [one and one.name for one in found]
    assert names == ["Short plan", "Key accounts", "Key accounts"]


def test_plans_follow_a_merge_unless_both_have_one(people: People, plan: Plan) -> None:
    keep = make_account(name="Kesko Oyj", lead=people.owner)
    twin = make_plan(account=keep, owner=people.owner, title="Twin")
    found = plan_merge(keep=keep, drop=plan.account)
    assert [one.code for one in found.blockers] == ["plans_of_both"]
    said = str(found.blockers[0].message)
    assert said == ("Both have a plan for the same days: Twin and Kesko 2026. Cancel one first.")
    take_plan(plan=twin, to=PlanState.CANCELLED)
    take_plan(plan=plan, to=PlanState.ACTIVE)
    moved = plan_merge(keep=keep, drop=plan.account)
    assert "Plan Kesko 2026" in [str(line) for line in moved.moves]
    merge_accounts(keep=keep, drop=plan.account, as_of=timezone.localdate())
    plan.refresh_from_db()
    assert (plan.account, plan.state) == (keep, PlanState.ACTIVE)


def test_a_secret_plan_above_is_not_named_where_it_is_in_the_way(
    people: People, plan: Plan
) -> None:
    banner = make_account(name="Banner", parent=plan.account, lead=people.owner)
    below = make_plan(account=banner, owner=people.owner, parent=plan)
    Plan.objects.filter(pk=plan.pk).update(
        title="Secret", confidentiality=Confidentiality.NAMED, owner=people.director
    )
    with pytest.raises(RefusedError) as caught:
        update_header(plan=below, by=people.owner, period=NEXT, review_on=date(2027, 6, 1))
    assert str(caught.value) == "2026 (Named people) is for another time."


def test_who_merges_reads_nothing_of_secret_plans(people: People, plan: Plan) -> None:
    banner = make_account(name="Banner", parent=plan.account, lead=people.owner)
    below = make_plan(account=banner, owner=people.owner, parent=plan, title="Exit in May")
    plans = Plan.objects.filter(pk__in=[plan.pk, below.pk])
    plans.update(title="Secret", confidentiality=Confidentiality.NAMED)
    make_scenario(banner, title="Secret sale", plan=below, attached_at=timezone.now())
    make_range_step(plan=below, account=banner, product=make_product(code="Secret product"))
    keep = make_account(name="Elsewhere", lead=people.owner)
    found = plan_merge(keep=keep, drop=banner)
    said = [*map(str, found.moves), *(str(one.message) for one in found.cautions)]
    assert "Plan 2026 (Named people)" in said
    assert "Loss scenario 2026 (Named people)" in said
    assert "Range step 2026 (Named people)" in said
    make_plan(account=keep, owner=people.owner, title="Secret", confidentiality="team")
    blocked = plan_merge(keep=keep, drop=banner).blockers
    assert "Secret" not in str([*said, *(one.message for one in blocked)])
    assert [one.code for one in blocked] == ["plans_of_both"]


def test_a_plan_that_moves_leaves_a_plan_that_is_not_above(people: People, plan: Plan) -> None:
    banner = make_account(name="Banner", parent=plan.account, lead=people.owner)
    below = make_plan(account=banner, owner=people.owner, parent=plan)
    keep = make_account(name="Elsewhere", lead=people.owner)
    found = plan_merge(keep=keep, drop=banner)
    assert "plan_leaves_its_parent" in [one.code for one in found.cautions]
    merge_accounts(keep=keep, drop=banner, as_of=timezone.localdate())
    below.refresh_from_db()
    assert (below.account, below.parent) == (keep, None)


def test_drafts_go_to_the_new_lead(people: People, plan: Plan) -> None:
    live = make_plan(
        account=plan.account, owner=people.owner, period=NEXT, state=PlanState.APPROVED
    )
    part = open_plans(plan.account, people.teammate, timezone.localdate())
    assert part is not None
    assert [row[0] for row in part.rows] == ["Kesko 2026", live.title]
    change_confidentiality(plan=live, level="named")
    part = open_plans(plan.account, people.teammate, timezone.localdate())
    assert part is not None
    assert [row[0] for row in part.rows] == ["Kesko 2026"]
    hand_over(
        account=plan.account,
        from_user=people.owner,
        to_user=people.teammate,
        effective_on=timezone.localdate(),
        made_by=people.director,
        as_of=timezone.localdate(),
    )
    plan.refresh_from_db()
    live.refresh_from_db()
    assert (plan.owner, live.owner) == (people.teammate, people.owner)


def test_reviews_are_told_once_and_stand_on_my_day(people: People, account: Account) -> None:
    today = timezone.localdate()
    period = DateRange(today - timedelta(days=100), today + timedelta(days=200))
    due = make_plan(
        account=account, owner=people.owner, period=period, state=PlanState.ACTIVE,
        review_on=today - timedelta(days=1), sponsor=people.director,
    )  # fmt: skip
    make_plan(
        account=make_account(lead=people.owner), owner=people.owner, period=period,
        state=PlanState.ACTIVE, review_on=today + timedelta(days=8),
    )  # fmt: skip
    now = datetime.now(UTC)
    assert tell_reviews(as_of=today, now=now) == 2
    assert tell_reviews(as_of=today, now=now) == 0
    told = Notification.objects.filter(kind="plans.review_due")
    assert {one.user for one in told} == {people.owner, people.director}
    lines = [one for one in todos_for(people.owner, today) if one.key.startswith("plan-review")]
    assert [(one.url, one.urgency) for one in lines] == [(due.get_absolute_url(), 0)]
    change_confidentiality(plan=due, level="named")
    assert not [
        one for one in todos_for(people.teammate, today) if one.key.startswith("plan-review")
    ]


def test_the_timeline_tells_who_may_read(people: People, account: Account) -> None:
    row = make_plan_(draft(account, people.owner), people)
    wanted = Wanted(account_ids=[account.pk])
    assert [one.title for one in steps(people.teammate, wanted)] == ["Kesko 2027"]
    change_confidentiality(plan=row, level="named")
    assert list(steps(people.teammate, wanted)) == []
    assert [one.title for one in steps(people.owner, wanted)] == ["Kesko 2027"]
