"""The portrait of an account: what stands under each heading, from where, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from accounts.choices import PortraitHeading
from accounts.models import Account, PortraitSettings, PortraitStatement
from kam.core.dates import add_months
from kam.identity.models import User

H = PortraitHeading
SECTIONS: tuple[tuple[str, tuple[PortraitHeading, ...]], ...] = (
    ("origin", (H.ORIGIN,)),
    ("culture", (H.DECIDING, H.NEGOTIATING)),
    ("strategy", (H.CORPORATE, H.CATEGORY, H.OPERATIONS, H.RESPONSIBILITY)),
)


@dataclass(frozen=True, slots=True)
class Said:
    """A statement that stands, seen from an account: its own, or from an account above it."""

    statement: PortraitStatement
    is_inherited: bool
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Under:
    """What stands under one heading, the account's own words first."""

    heading: PortraitHeading
    said: Sequence[Said] = ()

    @property
    def is_gap(self) -> bool:
        """Whether nobody has written anything, here or above."""
        return not self.said


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that a reader may know of who an account is, on a day.

    Counts own statements and those of the accounts above it today that the reader may see;
    leaves out what was replaced or withdrawn up to the day.
    """

    account: Account
    as_of: date
    stale_months: int
    headings: Sequence[Under] = field(default_factory=tuple)

    @property
    def gaps(self) -> list[PortraitHeading]:
        """The headings that nobody has written under."""
        return [one.heading for one in self.headings if one.is_gap]

    @property
    def stale(self) -> list[Said]:
        """What is too old to be relied upon."""
        return [said for one in self.headings for said in one.said if said.is_stale]

    @property
    def latest(self) -> PortraitStatement | None:
        """The statement of the latest day."""
        rows = [said.statement for one in self.headings for said in one.said]
        return max(rows, key=lambda row: (row.said_on, row.pk), default=None)

    def under(self, headings: Iterable[PortraitHeading]) -> list[Under]:
        """What stands under some of the headings."""
        wanted = set(headings)
        return [one for one in self.headings if one.heading in wanted]


def stale_months() -> int:
    """Return after how many months a statement counts as old here."""
    found = PortraitSettings.objects.filter(pk=1).values_list("stale_months", flat=True).first()
    return PortraitSettings().stale_months if found is None else int(found)


def fresh_from(as_of: date, months: int) -> date:
    """Return the first day that is not stale."""
    return add_months(as_of, -months)


def standing(rows: QuerySet[PortraitStatement], as_of: date) -> QuerySet[PortraitStatement]:
    """Those in force on a day: said by then, neither replaced nor withdrawn by then.

    A replacement that the reader may not see counts too: what it replaced no longer holds.
    """
    heirs = PortraitStatement.objects.filter(replaces=OuterRef("pk"), said_on__lte=as_of)
    return rows.filter(said_on__lte=as_of, is_withdrawn=False).exclude(Exists(heirs))


def portrait_of(account: Account, *, user: User, as_of: date) -> Portrait:
    """Return the portrait of an account as a user may see it, in two statements."""
    months = stale_months()
    fresh = fresh_from(as_of, months)
    rows = PortraitStatement.objects.visible_to(user).filter(account__in=account.path)
    people = ("author", "confirmed_by", "account")
    found = list(standing(rows, as_of).select_related(*people).order_by("-said_on", "-pk"))
    depth = {pk: place for place, pk in enumerate(account.path)}
    found.sort(key=lambda row: -depth[row.account_id])
    said = {
        heading: [
            Said(row, row.account_id != account.pk, row.said_on < fresh)
            for row in found
            if row.heading == heading
        ]
        for heading in PortraitHeading
    }
    headings = [Under(heading, said[heading]) for heading in PortraitHeading]
    return Portrait(account, as_of, months, headings)


def statements_over_time(
    account: Account, *, user: User, limit: int = 200
) -> list[PortraitStatement]:
    """Return every statement of an account itself that the user may see, the latest first.

    Replaced and withdrawn ones too: `replaces` says what each took the place of.
    """
    rows = PortraitStatement.objects.visible_to(user).filter(account=account)
    shown = rows.select_related("author", "confirmed_by", "replaces")
    return list(shown.order_by("-said_on", "-pk")[:limit])


def statements_for(user: User, *, as_of: date) -> QuerySet[PortraitStatement]:
    """Return what stands at visible accounts today, for lists and search."""
    rows: QuerySet[PortraitStatement] = PortraitStatement.objects.visible_to(user).filter(
        account__merged_into__isnull=True
    )
    return standing(rows, as_of).select_related("account", "author", "confirmed_by")


def statements_saying(user: User, text: str, *, as_of: date, limit: int) -> list[PortraitStatement]:
    """Return standing statements with some words in them, the latest first."""
    rows = statements_for(user, as_of=as_of).filter(text__icontains=text.strip())
    return list(rows.order_by("-said_on", "-pk")[:limit])
