"""The way of a plan: what stands in its way, who may decide, what is frozen and who is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, transaction
from django.utils import timezone

from kam.core.problems import Blocker, RefusedError
from kam.identity.choices import Role
from kam.identity.models import User
from kam.notifications.models import Notification
from plans.analytics.documents import hash_of
from plans.choices.plan import Confidentiality, PlanRole, PlanState
from plans.models import Plan, PlanSnapshot
from plans.selectors.approval import acts_of, approvers_of, decidable_by
from plans.selectors.content import content_of, shown_to
from plans.selectors.snapshots import differences, is_unchanged, live_document
from plans.selectors.submitting import problems_of
from plans.selectors.waiting import to_approve
from plans.services.approval import changing, comments, deciding, submitting
from plans.services.approval.problems import (
    AuthorError,
    NotApproverError,
    NotWaitingError,
    NoWordsError,
)
from plans.services.approval.snapshots import take_snapshot
from plans.services.plan.texts import save_section
from plans.services.writing import NotDraftError, written_by
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.loss import make_result, make_scenario
from tests.factories.plans import (
    make_action,
    make_initiative,
    make_kpi,
    make_objective,
    make_plan,
    make_plan_member,
    make_template,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = date(2026, 6, 1)


def ready(owner: User, **facts: Any) -> Plan:
    """A draft that nothing stands in the way of."""
    plan = make_plan(account=make_account(lead=owner), owner=owner, **facts)
    make_objective(plan=plan, measure="Share of shelf")
    return plan


def submitted(owner: User, **facts: Any) -> Plan:
    plan = ready(owner, **facts)
    return submitting.submit_plan(plan=plan, by=owner, as_of=DAY, at=NOW)


def codes(plan: Plan) -> list[str]:
    return [one.code for one in problems_of(plan, as_of=DAY)]


def told(kind: str) -> list[int]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user_id", flat=True))


def test_each_problem_is_found_and_blockers_refuse() -> None:
    owner = make_user()
    plan = ready(owner)
    section = plan.sections.get(kind="ambition")
    template = plan.template
    objective = plan.objectives.get()

    def change(row: Any, **values: Any) -> Callable[[], None]:
        def act() -> None:
            type(row).objects.filter(pk=row.pk).update(**values)

        return act

    cases: list[tuple[str, Callable[[], object]]] = [
        ("plan_sponsor_missing", change(plan, sponsor=None)),
        ("plan_review_missing", change(plan, review_on=None)),
        ("plan_review_past", change(plan, review_on=date(2026, 5, 31))),
        ("plan_without_objective", lambda: plan.objectives.all().delete()),
        ("plan_objective_unmeasured", change(objective, measure="")),
        ("plan_action_ownerless", lambda: make_action(plan=plan)),
        ("plan_date_outside", lambda: make_action(plan=plan, owner=owner, due_on=date(2027, 1, 1))),
        ("plan_date_outside", change(objective, due_on=date(2025, 12, 31))),
        (
            "plan_date_outside",
            lambda: make_initiative(objective=objective, due_on=date(2027, 1, 1)),
        ),
        ("plan_section_empty", change(section, is_required=True)),
        ("plan_gain_missing", change(template, needs_gain=True)),
        ("plan_loss_missing", change(template, loss_months=6)),
    ]
    # A scenario that was never run says nothing, whatever day was typed for it.
    scenario = make_scenario(plan.account, plan=plan, attached_at=NOW, as_of=DAY)
    assert codes(plan) == []
    for code, spoil in cases:
        mark = transaction.savepoint_create()
        spoil()
        found = Plan.objects.get(pk=plan.pk)
        assert codes(found) == [code], code
        with pytest.raises(RefusedError) as caught:
            submitting.submit_plan(plan=found, by=owner, as_of=DAY, at=NOW)
        assert caught.value.code == code
        transaction.savepoint_rollback(mark)
    change(template, loss_months=6)()
    make_result(scenario)
    make_kpi(plan=plan, target=Decimal(5))
    change(section, text="Grow", checked_on=date(2025, 1, 1))()
    found = Plan.objects.get(pk=plan.pk)
    assert "plan_kpi_without_baseline" in codes(found)
    assert not [one for one in problems_of(found, as_of=DAY) if isinstance(one, Blocker)]
    submitting.submit_plan(plan=found, by=owner, as_of=DAY, at=NOW)


def test_a_snapshot_names_the_plan_above_to_its_readers_alone(people: People) -> None:
    group = make_account(lead=people.director)
    account = make_account(parent=group, lead=people.owner)
    above = make_plan(
        account=group,
        owner=people.director,
        title="Sale of the brand",
        confidentiality=Confidentiality.NAMED,
    )
    plan = make_plan(account=account, owner=people.owner, parent=above)
    document = content_of(plan, as_of=DAY)
    whole = shown_to(document, plan=plan, user=people.director)
    assert whole["header"]["parent"]["name"] == "Sale of the brand"
    assert "Sale of the brand" not in str(shown_to(document, plan=plan, user=people.owner))


def test_what_heals_them() -> None:
    owner = make_user()
    plan = ready(owner, template=make_template(needs_gain=True))
    objective = plan.objectives.get()
    assert codes(plan) == ["plan_gain_missing"]
    type(objective).objects.filter(pk=objective.pk).update(gain=Decimal(1000), measure="")
    make_kpi(plan=plan, target=Decimal(5), baseline=Decimal(3), objective=objective)
    make_action(plan=plan, state="dropped", due_on=date(2028, 1, 1))
    assert codes(plan) == []


def test_who_may_decide(people: People) -> None:
    """Directors and administrators who read it, as who is named for the day; never a writer."""
    named, expired = (make_user(roles=[Role.SALES_DIRECTOR]) for _ in range(2))
    writer, withdrawn = make_user(), make_user()
    plan = submitted(people.owner, sponsor=people.teammate)
    for one in (named, withdrawn):
        make_plan_member(plan=plan, user=one, role=PlanRole.APPROVER)
    make_plan_member(
        plan=plan,
        user=expired,
        role=PlanRole.APPROVER,
        valid=type(plan.period)(date(2025, 1, 1), date(2025, 2, 1)),
    )
    everybody = {**vars(people), "writer": writer, "named": named, "expired": expired}
    everybody["withdrawn"] = withdrawn

    def who() -> set[str]:
        return {name for name, one in everybody.items() if acts_of(one, plan)["approve"]}

    by_role = {"director", "administrator", "expired"}
    assert who() == {*by_role, "named"}
    assert {one for one in everybody if decidable_by(everybody[one]).exists()} == who()
    assert approvers_of(plan, as_of=DAY) == [named]
    Plan.objects.filter(pk=plan.pk).update(confidentiality=Confidentiality.NAMED)
    plan.refresh_from_db()
    assert who() == {"named"}, "neither a name that expired nor one without the right"
    Plan.objects.filter(pk=plan.pk).update(
        writer_ids=[*plan.writer_ids, named.pk], confidentiality=Confidentiality.OPEN
    )
    plan.refresh_from_db()
    assert who() == by_role
    assert people.director in approvers_of(plan, as_of=DAY)
    for one in (people.owner, named):
        with pytest.raises(AuthorError):
            deciding.approve_plan(plan=plan, by=one, as_of=DAY, at=NOW)
    for one in (people.teammate, people.stranger, people.auditor, withdrawn):
        with pytest.raises(NotApproverError):
            deciding.approve_plan(plan=plan, by=one, as_of=DAY, at=NOW)
        with pytest.raises(NotApproverError):
            submitting.send_back_plan(plan=plan, by=one, text="No", at=NOW)
    assert Plan.objects.get(pk=plan.pk).state == PlanState.IN_REVIEW


def test_a_director_who_wrote_does_not_approve(people: People) -> None:
    plan = ready(people.owner)
    section = plan.sections.first()
    assert section is not None
    save_section(section=section, by=people.director, as_of=DAY, text="Mine")
    row = submitting.submit_plan(plan=plan, by=people.owner, as_of=DAY, at=NOW)
    assert set(row.writer_ids) == {people.owner.pk, people.director.pk}
    with pytest.raises(AuthorError):
        deciding.approve_plan(plan=row, by=people.director, as_of=DAY, at=NOW)
    deciding.approve_plan(plan=row, by=people.administrator, as_of=DAY, at=NOW)
    revised = changing.revise_plan(plan=row, by=people.owner, text="New year", at=NOW)
    assert (revised.revision, revised.writer_ids, revised.approved_by) == (2, [], None)
    again = submitting.submit_plan(plan=revised, by=people.owner, as_of=DAY, at=NOW)
    deciding.approve_plan(plan=again, by=people.director, as_of=DAY, at=NOW)


def test_approval_freezes_and_tells(people: People) -> None:
    plan = submitted(people.owner, sponsor=people.teammate)
    assert told("plans.approval_wanted") == [people.director.pk]
    assert [one.key for one in to_approve(people.director, DAY)] == [f"plan-approve-{plan.pk}"]
    assert list(to_approve(people.owner, DAY)) == []
    with pytest.raises(NoWordsError):
        submitting.send_back_plan(plan=plan, by=people.director, text="  ", at=NOW)
    back = submitting.send_back_plan(plan=plan, by=people.director, text="Say why", at=NOW)
    assert told("plans.decided") == [people.owner.pk]
    with pytest.raises(NotWaitingError):
        deciding.approve_plan(plan=back, by=people.director, as_of=DAY, at=NOW)
    assert [one.reason for one in back.snapshots.all()] == ["submit"]
    submitting.submit_plan(plan=back, by=people.owner, as_of=DAY, at=timezone.now())
    with pytest.raises(NotDraftError), transaction.atomic():
        written_by(back, people.owner)
    row = deciding.approve_plan(plan=back, by=people.director, as_of=DAY, at=timezone.now())
    frozen = row.snapshots.get(reason="approval")
    assert (frozen.reason, frozen.number, frozen.as_of) == ("approval", 3, DAY)
    assert is_unchanged(frozen)
    assert frozen.content["header"]["state"] == PlanState.APPROVED
    assert [one.kind for one in row.steps.all()] == [
        "submitted",
        "sent_back",
        "submitted",
        "approved",
    ]
    assert row.steps.last().snapshot == frozen  # type: ignore[union-attr]
    assert told("plans.decided") == [people.owner.pk] * 2 + [people.teammate.pk]
    live = live_document(row, user=people.owner, as_of=DAY)
    assert differences(frozen.content, live) == []
    assert deciding.activate_due(as_of=date(2025, 12, 31)) == 0
    assert deciding.activate_due(as_of=DAY) == 1
    assert deciding.activate_due(as_of=DAY) == 0
    begun = Plan.objects.get(pk=row.pk)
    assert (begun.state, begun.steps.last().author) == (PlanState.ACTIVE, None)  # type: ignore[union-attr]
    for text in ("", "Won back"):
        if not text:
            with pytest.raises(NoWordsError):
                changing.close_plan(plan=begun, by=people.owner, text=text, as_of=DAY, at=NOW)
            continue
        changing.close_plan(plan=begun, by=people.owner, text=text, as_of=DAY, at=NOW)
    ended = Plan.objects.get(pk=row.pk)
    assert (ended.state, ended.end_reason) == (PlanState.CLOSED, "Won back")
    assert list(ended.snapshots.values_list("reason", flat=True)) == [
        "closing",
        "approval",
        "submit",
        "submit",
    ]


def test_a_snapshot_never_changes_and_is_of_its_day(people: People) -> None:
    plan = ready(people.owner)
    first = take_snapshot(plan=plan, reason="by_hand", as_of=DAY, by=people.owner, note="Before")
    section = plan.sections.get(kind="ambition")
    save_section(section=section, by=people.owner, as_of=DAY, text="Two years' growth in one")
    second = take_snapshot(plan=plan, reason="review", as_of=DAY, by=None)
    assert (first.number, second.number) == (1, 2)
    assert first.sha256 != second.sha256
    changed = differences(first.content, second.content)
    assert [one.path for one in changed] == [
        ("sections", "#ambition", "checked_on"),
        ("sections", "#ambition", "text"),
    ]
    stored = PlanSnapshot.objects.get(pk=first.pk)
    assert hash_of(stored.content) == first.sha256
    for act in (
        lambda: PlanSnapshot.objects.filter(pk=first.pk).update(note="Other"),
        lambda: PlanSnapshot.objects.filter(pk=first.pk).update(content={}),
        lambda: PlanSnapshot.objects.filter(pk=first.pk).delete(),
        lambda: plan.steps.create(kind="created", revision=1) and plan.steps.all().delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            act()
    assert is_unchanged(PlanSnapshot.objects.get(pk=first.pk))


def test_comments_are_said_seen_to_and_told(people: People) -> None:
    plan = ready(people.owner)
    for text, section in (("", "ambition"), ("Why?", "nowhere"), ("x" * 4001, "")):
        with pytest.raises(RefusedError):
            comments.add_comment(plan=plan, by=people.director, text=text, section=section, at=NOW)
    row = comments.add_comment(
        plan=plan, by=people.director, text=" Why? ", section="ambition", at=NOW
    )
    assert (row.text, told("plans.commented")) == ("Why?", [people.owner.pk])
    at = timezone.now()
    comments.resolve_comment(comment=row, by=people.owner, at=at)
    comments.resolve_comment(comment=row, by=people.director, at=at)
    row.refresh_from_db()
    assert row.resolved_by == people.owner
    comments.reopen_comment(comment=row)
    row.refresh_from_db()
    assert row.resolved_at is None


def test_what_one_lost_sight_of_is_not_told(people: People) -> None:
    """A notification of a plan is hidden once its reader may not read the plan."""
    from kam.notifications.models import Notification as Row

    director = make_user(roles=[Role.SALES_DIRECTOR])
    plan = submitted(people.owner)
    row = Row.objects.get(user=director, kind="plans.approval_wanted")
    assert Row.objects.visible_to(director).filter(pk=row.pk).exists()
    Plan.objects.filter(pk=plan.pk).update(confidentiality=Confidentiality.NAMED)
    assert not Row.objects.visible_to(director).filter(pk=row.pk).exists()
