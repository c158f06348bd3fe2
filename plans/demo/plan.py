"""The demo's plans: heads, texts and SWOT as drafts first; then each goes to its state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.demo.chance import Dice
from accounts.models import Account
from kam.core.dates import Period, add_months
from kam.core.demo import DemoRequest
from kam.core.models import Organisation
from kam.identity.models import User
from plans.choices.approval import PlanStepKind, SnapshotReason
from plans.choices.plan import PlanRole, PlanState, SectionKind, SwotKind
from plans.demo.stories import TELLINGS, Story, Telling
from plans.models import Plan, PlanMember, PlanStep
from plans.selectors.plan.hints import hints_for
from plans.selectors.plan.proposals import proposal_for
from plans.services.approval.snapshots import take_snapshot
from plans.services.plan.making import PlanDraft, make_plan
from plans.services.plan.templates import ensure_default_templates
from plans.services.plan.texts import add_swot_item, save_section, take_hints

GROUPS = 14
K = SectionKind
TEXTS: dict[str, tuple[str, ...]] = {
    K.AMBITION: (
        (
            "By the end of the period we are their first call for bakery and breakfast: two of "
            "three listings decided together, and one joint launch a quarter."
        ),
        (
            "From supplier of the week to partner of the category: a shared shelf plan in every "
            "large store, and their own label baked by us."
        ),
        (
            "Keep what we have and add the second category. They should lose a selling point if "
            "they lose us, not only a price."
        ),
    ),
    K.PORTRAIT: (
        (
            "Decisions on range fall in March and September. Price is the buyer's word, the shelf "
            "is the category manager's: we work with both."
        ),
    ),
    K.RISKS: (
        (
            "Own label of a competitor in spring: we answer with the family pack. If volume falls "
            "by a tenth for two months, the promotion budget moves to the third quarter."
        ),
        (
            "Their new warehouse may reject mixed pallets. Logistics tests in May; until then we "
            "keep the old slot."
        ),
    ),
    K.PROGRAMME: (
        "Shelf data once a week and one contact for all orders: they would have to build both.",
    ),
    K.NEGOTIATION: (
        "Yearly talks in November. We give days of payment and get the second placement.",
    ),
    K.MARKETING: ("Four activities a year with a tasting each; results after four weeks.",),
    K.SALES: ("Growth comes from range, not from price: two listings more in the first half.",),
    K.LEVERS: ("Bigger baskets first: breakfast bundles, then more trips by the weekend loaf.",),
}
SWOT: dict[str, tuple[tuple[str, str], ...]] = {
    SwotKind.STRENGTH: (
        ("Delivered in full and on time for a year", "Their own scorecard, last two quarters"),
        ("Our category advice is used in all large stores", "Shelf plans of the last reset"),
    ),
    SwotKind.WEAKNESS: (("Only one contact outside buying", "Map of stakeholders"),),
    SwotKind.OPPORTUNITY: (("They want fewer suppliers in breakfast", "Their review in spring"),),
    SwotKind.THREAT: (("A discounter opens twelve stores beside theirs", "Trade press"),),
}


def make_drafts(request: DemoRequest) -> list[Story]:
    """Write every plan as a draft, with texts and SWOT as full as its telling says."""
    ensure_default_templates()
    director = _first("sales_director")
    groups = _groups()
    if director is None:
        return []
    found: list[Story] = []
    for number, telling in enumerate(TELLINGS):
        story = _story(telling, groups, director, request, found)
        if story is not None:
            _write(story, Dice(request.seed, "plans", number))
            found.append(story)
            if story.ends_as == PlanState.CANCELLED:
                carry_out([story])  # it makes room for the next one
    return found


def _first(role: str) -> User | None:
    return User.objects.filter(roles__contains=[role], is_active=True).order_by("pk").first()


def _groups() -> list[Account]:
    rows = Account.objects.filter(
        current_parent__isnull=True, merged_into__isnull=True, current_lead__isnull=False
    ).select_related("current_lead", "currency")
    return list(rows.order_by("-figure__net_12m", "pk")[:GROUPS])


def _story(
    telling: Telling,
    groups: Sequence[Account],
    director: User,
    request: DemoRequest,
    before: Sequence[Story],
) -> Story | None:
    account = _account(telling, groups)
    owner = account.current_lead if account else None
    if account is None or owner is None:
        return None
    start_month = Organisation.objects.values_list("fiscal_year_start", flat=True).get(pk=1)
    running = Period.fiscal_year_of(request.as_of, start_month)
    start = add_months(running.start, 12 * telling.years)
    period = Period(start, add_months(start, 12))
    plan = make_plan(draft=_draft(telling, account, owner, period, request, before), by=owner)
    approver = _another(director, owner)
    return Story(
        plan=plan, period=period, owner=owner, approver=approver, ends_as=telling.ends_as,
        fullness=telling.fullness, place=telling.place, as_of=request.as_of, seed=request.seed,
    )  # fmt: skip


def _account(telling: Telling, groups: Sequence[Account]) -> Account | None:
    if telling.place >= len(groups):
        return None
    group = groups[telling.place]
    if telling.child is None:
        return group
    rows = Account.objects.filter(current_parent=group, merged_into__isnull=True)
    below = rows.select_related("current_lead", "currency").order_by("-figure__net_12m", "pk")
    return below[telling.child : telling.child + 1].first()


def _draft(
    telling: Telling,
    account: Account,
    owner: User,
    period: Period,
    request: DemoRequest,
    before: Sequence[Story],
) -> PlanDraft:
    proposed = proposal_for(account, owner, as_of=request.as_of)
    if proposed.template is None:
        raise LookupError("The demo needs a plan template.")
    above = [one.plan for one in before if one.plan.account_id in account.path]
    parent = next((one for one in above if one.period.lower == period.start), None)
    return PlanDraft(
        account=account,
        template=proposed.template,
        title=_("%(account)s, plan %(year)s") % {"account": account.name, "year": period},
        period=DateRange(period.start, period.end),
        currency=proposed.currency,
        owner=owner,
        sponsor=_first("sales_director") if telling.fullness else None,
        review_on=_review(telling, period, request.as_of),
        confidentiality=telling.confidentiality,
        parent=parent if telling.child is not None else None,
    )


def _review(telling: Telling, period: Period, as_of: date) -> date | None:
    if not telling.fullness:
        return None
    day = as_of + timedelta(days=45 if telling.review_in is None else telling.review_in)
    return min(max(day, period.start), period.end)


def _another(director: User, owner: User) -> User:
    """Somebody who approves and wrote nothing: the director, else an administrator."""
    rows = User.objects.filter(roles__contains=["administrator"], is_active=True)
    other = rows.exclude(pk=owner.pk).order_by("pk").first()
    return director if director.pk != owner.pk else other or director


def _write(story: Story, dice: Dice) -> None:
    """Write texts, items and a reader, as much as there is to be."""
    plan, by = story.plan, story.owner
    kinds = [one for one in TEXTS if story.fullness >= (1 if one == K.AMBITION else 2)]
    if story.fullness == 2:
        kinds = [one for one in kinds if one not in (K.LEVERS, K.MARKETING)]
    looked = min(story.as_of, max(story.period.start, story.as_of - timedelta(days=40)))
    for section in plan.sections.filter(kind__in=kinds):
        text = dice.pick(TEXTS[section.kind])
        save_section(section=section, by=by, as_of=looked, text=text, is_shareable=False)
    if story.fullness and plan.sections.filter(kind=K.SWOT).exists():
        for kind, items in SWOT.items():
            for text, evidence in items[: story.fullness]:
                add_swot_item(plan=plan, kind=kind, text=text, evidence=evidence, by=by)
        hints = hints_for(plan, by, as_of=story.as_of)
        take_hints(plan=plan, hints=hints[: story.fullness], by=by)
    if story.fullness == 3:
        _name_somebody(story)


def _name_somebody(story: Story) -> None:
    rows = User.objects.filter(roles__contains=["account_manager"], is_active=True)
    reader = rows.exclude(pk=story.owner.pk).order_by("pk").first()
    if reader is not None:
        since = DateRange(story.period.start, None)
        PlanMember.objects.create(plan=story.plan, user=reader, role=PlanRole.READER, valid=since)


_WAYS: dict[str, tuple[str, ...]] = {
    PlanState.DRAFT: (),
    PlanState.IN_REVIEW: ("in_review",),
    PlanState.APPROVED: ("in_review", "approved"),
    PlanState.ACTIVE: ("in_review", "approved", "active"),
    PlanState.CLOSED: ("in_review", "approved", "active", "closed"),
    PlanState.CANCELLED: ("cancelled",),
}
_STEPS = {
    "in_review": PlanStepKind.SUBMITTED,
    "approved": PlanStepKind.APPROVED,
    "active": PlanStepKind.ACTIVATED,
    "closed": PlanStepKind.CLOSED,
    "cancelled": PlanStepKind.CANCELLED,
}


_FROZEN = {"approved": SnapshotReason.APPROVAL, "closed": SnapshotReason.CLOSING}


def carry_out(stories: Sequence[Story]) -> None:
    """Take each plan to its state, one step after the other, with a snapshot where one is due.

    The services would refuse steps of the past; the database's own rules hold here as well.
    """
    for story in stories:
        plan = Plan.objects.get(pk=story.plan.pk)
        for state in _WAYS[story.ends_as] if plan.state == PlanState.DRAFT else ():
            _step(plan, state, story)


def _step(plan: Plan, state: str, story: Story) -> None:
    now, text = timezone.now(), ""
    plan.state = state
    if state == "in_review":
        plan.submitted_by, plan.submitted_at = story.owner, now
    elif state == "approved":
        plan.approved_by, plan.approved_at = story.approver, now
    elif state in ("closed", "cancelled"):
        text = _("Merged into the plan of the group.")
        if state == "closed":
            text = _("Two of three objectives reached; the range step goes into the next plan.")
        plan.ended_by, plan.ended_at, plan.end_reason = story.owner, now, text
    plan.save()
    by = story.approver if state == "approved" else story.owner
    frozen = None
    waits = state == "in_review" and story.ends_as == PlanState.IN_REVIEW
    if reason := SnapshotReason.SUBMITTED if waits else _FROZEN.get(state):
        frozen = take_snapshot(plan=plan, reason=reason, as_of=story.as_of, by=by)
    PlanStep.objects.create(
        plan=plan, kind=_STEPS[state], revision=plan.revision, text=text, author=by, snapshot=frozen
    )
