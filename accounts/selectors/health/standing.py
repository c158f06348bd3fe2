"""The health of one account: the score, what it loses where, what is missing, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.analytics.health import Shift, shifts
from accounts.models import Account, HealthScore
from accounts.selectors.health.measures import HealthCap, HealthMeasure, caps, measures
from accounts.selectors.health.rules import Rules, Weighed, rules_of
from kam.core.formats import Text

CAPS = "caps"
"""Stands for what caps take, where changes are told measure by measure."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measure of a score: what it brought and lost, or why it has no part.

    `share` is its weight when missing and stale ones are left out (the shares sum to 100).
    `points` of a stale one are known, and count for nothing.
    """

    weighed: Weighed
    points: Decimal | None
    share: Decimal | None
    brought: Decimal | None
    measured_on: date | None
    said: str

    @property
    def measure(self) -> HealthMeasure:
        """The measure."""
        return self.weighed.measure

    @property
    def lost(self) -> Decimal | None:
        """Points that the score misses here."""
        if self.share is None or self.brought is None:
            return None
        return self.share - self.brought

    @property
    def state(self) -> str:
        """Whether it is fresh, stale or missing."""
        if self.points is None:
            return "missing"
        return "stale" if self.share is None else "fresh"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A cap that applies: what it is, where it holds the score, and why."""

    key: str
    limit: Decimal
    said: str

    @property
    def cap(self) -> HealthCap | None:
        """The cap, if an app still offers it."""
        return caps.get(self.key)

    @property
    def title(self) -> Text:
        """What people call it."""
        return self.cap.title if self.cap else self.key

    @property
    def url(self) -> str:
        """Where one looks."""
        return self.cap.url if self.cap else ""


@dataclass(frozen=True, kw_only=True)
class HealthStanding:
    """The health of an account on a day; `before` is its row before the last change of a figure.

    `lines` are the measures that some app offers and that weigh something, in order; `absent`
    those that weigh something and that no app offers.
    """

    row: HealthScore
    before: HealthScore | None
    rules: Rules
    lines: Sequence[Line]
    held: Sequence[Held]

    @property
    def holder(self) -> Account:
        """The account that is scored: itself or the nearest one above."""
        return self.row.account

    @property
    def absent(self) -> list[Weighed]:
        """What nobody measures yet."""
        return self.rules.not_offered

    @property
    def unknown(self) -> list[Line]:
        """Measures without a part in the score: missing or stale."""
        return [line for line in self.lines if line.state != "fresh"]

    @property
    def largest_losses(self) -> list[Line]:
        """Measures that lost points, the most first."""
        lost = [line for line in self.lines if line.lost]
        return sorted(lost, key=lambda line: -(line.lost or Decimal(0)))

    @property
    def taken(self) -> Decimal:
        """Points that caps take."""
        return taken_of(self.row)

    @property
    def change(self) -> Decimal | None:
        """How the score changed since the row before; None where either has none."""
        if self.before is None or self.before.score is None or self.row.score is None:
            return None
        return self.row.score - self.before.score

    @property
    def shifts(self) -> list[Shift]:
        """What changed since the row before, by measure; `CAPS` stands for what caps take."""
        return [] if self.before is None else shifts_of(self.before, self.row)


def standing_of(account: Account, *, as_of: date) -> HealthStanding | None:
    """Return the health of an account on a day; None where neither it nor one above has any."""
    row = row_of(account, as_of=as_of)
    if row is None:
        return None
    earlier = HealthScore.objects.filter(
        account=row.account_id, valid__endswith__lte=row.valid.lower
    ).order_by("-valid")
    rules = rules_of(row.settings)
    return HealthStanding(
        row=row,
        before=earlier.first(),
        rules=rules,
        lines=lines_of(row),
        held=held_of(row),
    )


def row_of(account: Account, *, as_of: date) -> HealthScore | None:
    """Return the score that holds for an account on a day: its own or the nearest one above."""
    ids = list(account.path) or [account.pk]
    rows = HealthScore.objects.filter(account__in=ids, valid__contains=as_of)
    found = rows.select_related("account", "settings")
    return max(found, key=lambda row: ids.index(row.account_id), default=None)


def lines_of(row: HealthScore) -> list[Line]:
    """Return each measure that counts with what it brought and lost, or why it has no part."""
    return [_line(one, row) for one in rules_of(row.settings).counting]


def held_of(row: HealthScore) -> list[Held]:
    """Return the caps that hold a score down, with the reason."""
    return [_held(key, limit, row) for key, limit in row.caps]


def _held(key: str, limit: Any, row: HealthScore) -> Held:
    cap = caps.get(key)
    said = cap.told(row.details.get(key, {})) if cap else ""
    return Held(key=key, limit=Decimal(limit), said=said)


def _line(weighed: Weighed, row: HealthScore) -> Line:
    measure = weighed.measure
    part = next((part for part in row.parts if part[0] == measure.key), None)
    detail = row.details.get(measure.key, {})
    day = detail.get("measured_on")
    return Line(
        weighed=weighed,
        points=None if part is None else part[1],
        share=None if part is None else part[2],
        brought=None if part is None else part[3],
        measured_on=date.fromisoformat(day) if day else None,
        said="" if part is None else measure.told(detail),
    )


def taken_of(row: HealthScore) -> Decimal:
    """Return the points that caps take from a score."""
    if row.score is None or row.uncapped is None:
        return Decimal(0)
    return row.uncapped - row.score


def shifts_of(before: HealthScore, after: HealthScore) -> list[Shift]:
    """Return what changed between two rows, largest first; the changes sum to the score's."""
    return shifts(_brought(before), _brought(after))


def _brought(row: HealthScore) -> dict[str, Decimal]:
    """What each measure brought, and what caps took as a negative."""
    taken = taken_of(row)
    return {**row.brought, **({CAPS: -taken} if taken else {})}


def title_of(key: str) -> Text:
    """Return what people call a measure or cap by its key."""
    measure = measures.get(key)
    return measure.title if measure else key


def history_of(account: Account, *, limit: int = 400) -> list[HealthScore]:
    """Return the scores of an account over time, the latest first."""
    rows = HealthScore.objects.filter(account=account).order_by("-valid")
    return list(rows[:limit])
