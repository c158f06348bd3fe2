"""Credit at the head of the account's page, on My day and in handovers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from kam.core import formats
from kam.core.badges import State
from kam.core.cockpit import Answer, Line, Question, questions
from kam.core.handover import Heading, Money, Part, Section, sections
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from settlements.choices.credit import ApplicationState, HoldState
from settlements.models import CreditHold, CreditLimit, CreditPosition
from settlements.selectors.credit.decided import applications_for, reviews_due
from settlements.selectors.credit.rules import credit_settings

VIEW, DECIDE = "credit.view", "credit.decide"
SHOWN = 5


def _account_url(pk: int) -> str:
    return reverse("settlements:credit-account", args=[pk])


# The head of the account's page


def credit(user: User, account: Account, as_of: date) -> Answer | None:
    """How much of the limit is used, as of the last run; the fullest limit where there are more."""
    rows = CreditPosition.objects.visible_to(user).filter(party=account)
    row = rows.order_by("available").first()
    if row is None or row.exposure is None:
        return None
    exposure = f"{formats.compact(row.exposure)} {row.currency_id}"
    if row.limit_amount is None:
        return Answer(
            value=exposure, detail=_("No limit is set"), state="muted", url="#panel-credit"
        )
    over = max(-(row.available or Decimal(0)), Decimal(0))
    return Answer(
        value=exposure,
        detail=_limit_detail(row),
        state=_limit_state(row),
        url="#panel-credit",
        risks=[_over_line(over, row.currency_id)] if over else (),
    )


def _limit_detail(row: CreditPosition) -> str:
    if row.limit_amount == 0:
        return _("Prepay only")
    words = {"limit": formats.compact(row.limit_amount or 0)}
    used = formats.percent(row.utilisation or Decimal(0), 0)
    return _("%(used)s of the limit of %(limit)s") % {**words, "used": used}


def _limit_state(row: CreditPosition) -> State:
    if row.available is not None and row.available < 0:
        return "danger"
    near = row.utilisation is not None and row.utilisation >= Decimal("0.9")
    return "warning" if near else "success"


def _over_line(over: Decimal, currency: str) -> Line:
    words = _("Over the credit limit by %(amount)s") % {"amount": formats.money(over, currency)}
    return Line(title=words, url="#panel-credit", state="danger", urgency=0)


# My day


def decisions(user: User, as_of: date) -> Iterator[Todo]:
    """Applications and holds that wait for a decision, but one's own."""
    waiting = applications_for(user).filter(state=ApplicationState.SUBMITTED)
    for one in waiting.exclude(applicant=user).exclude(submitted_by=user)[:SHOWN]:
        amount = formats.money(one.requested_limit, one.currency_id)
        yield Todo(
            title=_("%(account)s applies for credit") % {"account": one.party.name},
            detail=ngettext(
                "%(amount)s, %(days)s day", "%(amount)s, %(days)s days", one.requested_days
            )
            % {"amount": amount, "days": one.requested_days},
            url=one.get_absolute_url(),
            action=_("Decide"),
            state="warning",
            icon="clipboard-check",
        )
    proposed = CreditHold.objects.visible_to(user).filter(state=HoldState.PROPOSED)
    for hold in proposed.select_related("party").order_by("pk")[:SHOWN]:
        yield Todo(
            title=_("A hold is proposed: %(account)s") % {"account": hold.party.name},
            detail=hold.reason,
            url=_account_url(hold.party_id),
            action=_("Decide"),
            state="warning",
            icon="hand-stop",
        )


def reviews(user: User, as_of: date) -> Iterator[Todo]:
    """Limits whose review is near or past."""
    rows = reviews_due(user, as_of=as_of, days=credit_settings().alert_days)
    for limit in rows[:SHOWN]:
        on = limit.review_on or as_of
        yield Todo(
            title=_("Review the credit limit of %(account)s") % {"account": limit.party.name},
            detail=_("%(amount)s, review on %(day)s")
            % {
                "amount": formats.money(limit.amount, limit.currency_id),
                "day": formats.date(on),
            },
            url=limit.get_absolute_url(),
            action=_("Review"),
            state="danger" if on < as_of else "info",
            icon="shield-half",
            urgency=0 if on < as_of else 1 if on == as_of else 2,
        )


# Handover


def limits(account: Account, reader: object, as_of: date) -> Part | None:
    """Limits in force of the account and below it, the largest first."""
    rows = CreditLimit.objects.in_force(as_of).filter(party__path__contains=[account.pk])
    found = list(rows.select_related("party").order_by("-amount", "pk")[:100])
    if not found:
        return None
    words = ngettext("%(n)s credit limit is in force.", "%(n)s credit limits are in force.",
                     len(found))  # fmt: skip
    return Part(
        summary=words % {"n": formats.number(len(found))},
        headings=[
            Heading(_("Account")),
            Heading(_("Limit"), "money"),
            Heading(_("Review on"), "date"),
        ],
        rows=[[one.party.name, Money(one.amount, one.currency_id), one.review_on] for one in found],
    )


def register() -> None:
    """Register the question, what waits, and the section of handovers."""
    questions.register(
        Question(
            key="credit", part="business", title=gettext_lazy("Exposure against the limit"),
            find=credit, capability=VIEW, order=51,
        )
    )  # fmt: skip
    todo_providers.register(
        TodoProvider(key="credit-decisions", find=decisions, capability=DECIDE, order=20),
        TodoProvider(key="credit-reviews", find=reviews, capability=DECIDE, order=21),
    )
    sections.register(
        Section(
            key="credit", title=gettext_lazy("Credit limits"), find=limits, capability=VIEW,
            order=42,
        )
    )  # fmt: skip
