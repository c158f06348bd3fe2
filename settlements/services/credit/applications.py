"""Applications for credit: written, submitted, decided by somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services import tree
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from kam.notifications.services import notify
from settlements.analytics.application import Answer, checklist_score
from settlements.choices.credit import ApplicationState, ChecklistItem
from settlements.models import ChecklistAnswer, CreditApplication, FinancialStatement
from settlements.models.credit import APPLICATION_APPROVED
from settlements.services.credit import problems
from settlements.services.credit.limits import (
    Terms,
    check_places,
    demand_may_decide,
    set_limit,
)

FACTS = (
    "currency_id", "requested_limit", "requested_days", "registered_name", "registry_number",
    "registered_on", "legal_form", "vat_number", "registry_checked_on", "rating_agency",
    "rating_grade", "rating_points", "rated_on", "rating_expires", "references", "security",
    "note",
)  # fmt: skip
WEIGHTS: Mapping[str, Decimal] = {
    ChecklistItem.REGISTRY: Decimal(15),
    ChecklistItem.FINANCES: Decimal(25),
    ChecklistItem.RATING: Decimal(20),
    ChecklistItem.REFERENCES: Decimal(10),
    ChecklistItem.SECURITY: Decimal(10),
    ChecklistItem.OWNERS: Decimal(5),
    ChecklistItem.MARKET: Decimal(10),
    ChecklistItem.COUNTRY: Decimal(5),
}
"""How much each item of the checklist weighs."""


@dataclass(frozen=True, kw_only=True)
class Year:
    """Figures of one year; what is not known is None."""

    year: int
    turnover: Decimal | None = None
    equity: Decimal | None = None
    result: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Supporting:
    """What supports an application beside its own facts: years, and points by checklist item."""

    years: Sequence[Year] = ()
    points: Mapping[str, int | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is decided: granted or refused, how much, on which term, reviewed when."""

    is_granted: bool
    on: date
    limit: Decimal | None = None
    days: int | None = None
    review_on: date | None = None
    note: str = ""


@explained()
@transaction.atomic
def apply_for_credit(
    *, party: Account, facts: Mapping[str, Any], supporting: Supporting, by: User
) -> CreditApplication:
    """Begin an application as a draft. Raises RefusedError where another one is not decided."""
    tree.refuse_merged(party)
    row = CreditApplication(party=party, applicant=by)
    _fill(row, facts, supporting)
    return row


@explained()
@transaction.atomic
def change_application(
    *, application: CreditApplication, facts: Mapping[str, Any], supporting: Supporting
) -> CreditApplication:
    """Mend a draft. Raises RefusedError for one that was submitted."""
    row = _locked(application)
    _demand(row, ApplicationState.DRAFT)
    _fill(row, facts, supporting)
    return row


def _fill(row: CreditApplication, facts: Mapping[str, Any], supporting: Supporting) -> None:
    for name in FACTS:
        if name in facts:
            setattr(row, name, facts[name])
    if row.requested_limit < 0:
        raise RefusedError(problems.BELOW_ZERO, field="requested_limit", code="limit_below_zero")
    check_places(row.requested_limit, row.currency_id, "requested_limit")
    _check_rating(row)
    row.save()
    row.statements.all().delete()
    FinancialStatement.objects.bulk_create(
        FinancialStatement(application=row, year=one.year, turnover=one.turnover,
                           equity=one.equity, result=one.result)
        for one in supporting.years
    )  # fmt: skip
    points = supporting.points or {}
    row.answers.all().delete()
    ChecklistAnswer.objects.bulk_create(
        ChecklistAnswer(application=row, item=item, points=points.get(item), weight=weight)
        for item, weight in WEIGHTS.items()
    )


def _check_rating(row: CreditApplication) -> None:
    if row.rating_points is None:
        return
    if row.rated_on is None or row.rating_expires is None:
        words = _("Points of a rating need its day and when it ends.")
        raise RefusedError(words, field="rated_on")
    if row.rating_expires <= row.rated_on:
        raise RefusedError(_("It ends before it begins."), field="rating_expires")


@explained()
@transaction.atomic
def submit_application(*, application: CreditApplication, by: User, at: datetime) -> None:
    """Ask for a decision; the checklist is scored, and nothing of it changes any more."""
    row = _locked(application)
    _demand(row, ApplicationState.DRAFT)
    answers = {one.item: Answer(one.points, one.weight) for one in row.answers.all()}
    found = checklist_score(answers)
    row.checklist_score, row.checklist_confidence = found.score, found.confidence
    row.state, row.submitted_by, row.submitted_at = ApplicationState.SUBMITTED, by, at
    row.save()


@explained()
@transaction.atomic
def withdraw_application(*, application: CreditApplication, by: User) -> None:
    """Take an application back before it is decided. Raises RefusedError for others' ones."""
    row = _locked(application)
    _demand(row, ApplicationState.DRAFT, ApplicationState.SUBMITTED)
    if by.pk not in {row.applicant_id, row.submitted_by_id} and not by.can("credit.decide"):
        raise RefusedError(_("Whoever applied takes it back."), code="not_yours")
    row.state = ApplicationState.WITHDRAWN
    row.save()


@explained()
@transaction.atomic
def decide_application(
    *, application: CreditApplication, decision: Decision, by: User, at: datetime
) -> CreditApplication:
    """Grant or refuse. A grant sets the limit from its day on; until then it is prepay only.

    Raises RefusedError for one's own application, above what the user decides alone, a grant
    without limit, term and day of review, and a refusal without words.
    """
    row = _locked(application)
    _demand(row, ApplicationState.SUBMITTED)
    if by.pk in {row.applicant_id, row.submitted_by_id}:
        words = _("Somebody else decides on what one applies for.")
        raise RefusedError(words, code="own_application")
    row.decided_by, row.decided_at, row.decision_note = by, at, decision.note.strip()
    if decision.is_granted:
        _grant(row, decision, by)
    else:
        demand_may_decide(by, row.requested_limit, row.currency_id, on=decision.on)
        if not row.decision_note:
            raise RefusedError(_("Say why."), field="note")
        row.state = ApplicationState.REFUSED
        row.save()
    _tell(row, by, at)
    return row


def _grant(row: CreditApplication, decision: Decision, by: User) -> None:
    if decision.limit is None or decision.days is None or decision.review_on is None:
        words = _("Say the limit, the term and the day of review.")
        field = "limit" if decision.limit is None else "days" if decision.days is None else ""
        raise RefusedError(words, field=field or "review_on", code="decision_incomplete")
    if decision.review_on <= decision.on:
        raise RefusedError(_("A review is still to come."), field="review_on")
    row.state = ApplicationState.APPROVED
    row.granted_limit, row.granted_days = decision.limit, decision.days
    row.review_on = decision.review_on
    row.save()
    terms = Terms(
        currency=row.currency_id,
        amount=decision.limit,
        from_day=decision.on,
        reason=row.decision_note or APPLICATION_APPROVED,
        term_days=decision.days,
        review_on=decision.review_on,
    )
    try:
        set_limit(party=row.party, terms=terms, by=by, application=row)
    except RefusedError as refusal:
        if refusal.field == "amount":
            refusal.field = "limit"
        raise


def _tell(row: CreditApplication, by: User, at: datetime) -> None:
    people = {row.applicant_id, row.submitted_by_id} - {None, by.pk}
    notify(
        kind="settlements.credit_decided",
        users=sorted(pk for pk in people if pk is not None),
        by=by,
        params={"account": row.party.name, "state": row.state},
        subject_id=row.party_id,
        url=reverse("settlements:credit-application", args=[row.pk]),
        dedupe=f"{row.pk}",
        occurred_at=at,
    )


def _locked(application: CreditApplication) -> CreditApplication:
    rows = CreditApplication.objects.select_for_update(no_key=True, of=("self",))
    found: CreditApplication = rows.select_related("party").get(pk=application.pk)
    return found


def _demand(row: CreditApplication, *states: str) -> None:
    if row.state not in states:
        raise RefusedError(problems.DECIDED, code="application_state")
