"""Making a plan from a template, and changing its header while it is a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.services import tree
from kam.core import formats
from kam.core.dates import add_months, last_day
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained, refuse_stale
from kam.core.versions import fingerprint
from kam.identity.models import User
from plans.choices.approval import PlanStepKind
from plans.choices.plan import Confidentiality, PlanState
from plans.models import Plan, PlanSection, PlanStep, PlanTemplate
from plans.selectors.plan.order import place_of
from plans.services.plan.above import check_parent
from plans.services.problems import OverlapError
from plans.services.writing import written_by
from settlements.choices import FIRST_DAY, LAST_DAY

LONGEST_MONTHS = 60
HEADER = (
    "title", "period", "currency", "owner", "sponsor", "review_on", "parent", "confidentiality",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PlanDraft:
    """What is said of a plan when it is made."""

    account: Account
    template: PlanTemplate
    title: str
    period: DateRange
    currency: Currency
    owner: User
    sponsor: User | None = None
    review_on: date | None = None
    confidentiality: str = Confidentiality.OPEN
    parent: Plan | None = None


@explained()
@transaction.atomic
def make_plan(*, draft: PlanDraft, by: User) -> Plan:
    """Make a plan as a draft, with the sections of its template.

    Raises RefusedError for a merged account, a period without both ends, longer than five
    years or before 1900, a review outside it, a template out of use, an owner who may not write
    plans, a plan above that is none (ParentError), and OverlapError where the account has a plan
    for some of the days.
    """
    tree.refuse_merged(draft.account)
    if not draft.template.is_active:
        words = gettext_lazy("This template is not in use any more.")
        raise RefusedError(words, field="template", code="template_not_in_use")
    row = Plan(account=draft.account, template=draft.template, created_by=by, writer_ids=[by.pk])
    _put(row, {name: getattr(draft, name) for name in HEADER})
    row.save()
    PlanSection.objects.bulk_create(
        PlanSection(plan=row, kind=one.kind, is_required=one.is_required)
        for one in sorted(draft.template.sections.all(), key=lambda one: place_of(one.kind))
    )
    PlanStep.objects.create(plan=row, kind=PlanStepKind.CREATED, revision=row.revision, author=by)
    return row


@explained()
@transaction.atomic
def update_header(*, plan: Plan, by: User, read_as: str | None = None, **facts: Any) -> Plan:
    """Change title, period, currency, owner, sponsor, day of review, plan above of a draft.

    Who may read it changes by `change_confidentiality`. Raises what `make_plan` does,
    NotDraftError once it is submitted, and StaleError where somebody else changed the header
    since it was read as `read_as` (`header_version`).
    """
    row = written_by(plan, by)
    refuse_stale(header_version(row), read_as)
    _put(row, {name: value for name, value in facts.items() if name in HEADER})
    row.save()
    return row


def header_version(plan: Plan) -> str:
    """Return the version of a plan's header; all that is below it touches the plan's row too."""
    ids = (plan.currency_id, plan.owner_id, plan.sponsor_id, plan.parent_id)
    return fingerprint(plan.title, plan.period.lower, plan.period.upper, plan.review_on, *ids)


def _put(row: Plan, facts: dict[str, Any]) -> None:
    owner_before = row.owner_id
    for name, value in facts.items():
        setattr(row, name, value.strip() if name == "title" else value)
    if not row.title:
        raise RefusedError(gettext_lazy("A plan has a title."), field="title", code="plan_title")
    if row.owner_id != owner_before:
        _check_owner(row.owner)
    _check_period(row)
    _check_review(row)
    _check_overlap(row)
    check_parent(row)


def may_own(user: User) -> bool:
    """Whether a plan can be this user's: whoever answers for it writes it."""
    return user.is_active and user.can("plans.edit")


def _check_owner(owner: User) -> None:
    if not may_own(owner):
        words = _("%(who)s may not write plans: choose somebody else.") % {"who": owner}
        raise RefusedError(words, field="owner", code="plan_owner_may_write")


def _check_period(row: Plan) -> None:
    start, end = row.period.lower, row.period.upper
    if start is None or end is None or start >= end:
        words = gettext_lazy("The period ends before it begins.")
        raise RefusedError(words, field="end", code="plan_period")
    if not FIRST_DAY <= start < end <= LAST_DAY:
        words = gettext_lazy("Choose a day from 1900 on and before 2200.")
        raise RefusedError(words, field="start", code="plan_period_of_our_time")
    if end > add_months(start, LONGEST_MONTHS):
        words = gettext_lazy("A plan is for five years at most.")
        raise RefusedError(words, field="end", code="plan_period_too_long")


def _days(period: Any) -> dict[str, str]:
    last = last_day(period)
    return {"start": formats.date(period.lower), "end": formats.date(last) if last else "–"}


def _check_review(row: Plan) -> None:
    if row.review_on and not row.period.lower <= row.review_on <= row.period.upper:
        words = _("The review lies outside the period, %(start)s to %(end)s.")
        named = _days(row.period)
        raise RefusedError(words % named, field="review_on", code="plan_review_outside")


def _check_overlap(row: Plan) -> None:
    """Name the plan in the way; a race is caught by the database."""
    rows = Plan.objects.filter(account_id=row.account_id, period__overlap=row.period)
    other = rows.exclude(state=PlanState.CANCELLED).exclude(pk=row.pk).first()
    if other is not None:
        words = _("There is a plan for some of these days already: %(start)s to %(end)s.")
        named = _days(other.period)
        raise OverlapError(words % named, field="start")
