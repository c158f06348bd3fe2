"""The needs register as pages, files and the API read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.models import Account
from interactions.choices import NeedImportance
from interactions.models import Need
from kam.core.dates import add_months
from kam.identity.models import User

OUTDATED_MONTHS = 6
IMPORTANT = NeedImportance.HIGH
SHOWN = 8


def needs_for(user: User) -> QuerySet[Need]:
    """Needs that the user may read, with account, whoever voiced them, and the answer."""
    rows: QuerySet[Need] = Need.objects.visible_to(user)
    return rows.select_related(
        "account",
        "voiced_by__person",
        "programme_item__element",
        "opportunity",
        "task",
        "author",
        "note__interaction",
    )


def needs_of(account: Account, user: User) -> QuerySet[Need]:
    """Needs of an account and of everything below it today."""
    return needs_for(user).filter(account__path__contains=[account.pk])


def outdated_before(as_of: date, months: int = OUTDATED_MONTHS) -> date:
    """The day before which a need counts as outdated: nobody confirmed it since."""
    return add_months(as_of, -months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The open needs of an account: the first of them, and how many there are of each state."""

    needs: list[Need]
    open: int
    unanswered: int
    outdated: int
    important: int

    @property
    def answered(self) -> int:
        """How many have an answer."""
        return self.open - self.unanswered


def register_of(account: Account, user: User, *, as_of: date, limit: int = SHOWN) -> Register:
    """Return the open needs of an account and below it: unanswered and important ones first."""
    rows = needs_of(account, user).open()  # type: ignore[attr-defined]
    counted = rows.aggregate(
        open=Count("pk"),
        unanswered=Count("pk", filter=_unanswered()),
        outdated=Count("pk", filter=Q(last_confirmed_on__lt=outdated_before(as_of))),
        important=Count("pk", filter=_unanswered() & Q(importance__gte=IMPORTANT)),
    )
    return Register(needs=list(rows[:limit]), **counted)


def important_unanswered(account: Account, user: User, *, limit: int = 3) -> list[Need]:
    """Open needs of high importance to which we have no answer, the oldest first."""
    rows = needs_of(account, user).unanswered()  # type: ignore[attr-defined]
    return list(
        rows.filter(importance__gte=IMPORTANT).order_by("-importance", "voiced_on", "pk")[:limit]
    )


def _unanswered() -> Q:
    return Q(programme_item=None, opportunity=None, task=None, answer_words="")
