"""Monthly targets: what the year looked like when it was planned, with some ambition on top."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from accounts.demo.calendar import FULL_YEARS, Calendar, months_from
from accounts.demo.chance import Dice
from accounts.demo.demand import season, trend
from accounts.demo.listing import categories_wanted
from accounts.demo.records import Lead, ParentLink, Target
from accounts.demo.tree import Outlet, group_key

_STEP = 500


class LeadBook:
    """Who leads an account on a day: its own lead, or the nearest one above."""

    def __init__(self, leads: Sequence[Lead], parents: Sequence[ParentLink]) -> None:
        self._leads = _by(leads, "account")
        self._parents = _by(parents, "child")

    def on(self, account: str, day: date) -> str | None:
        node: str | None = account
        while node is not None:
            for lead in self._leads.get(node, ()):
                if lead.period.contains(day):
                    return lead.person
            node = next(
                (p.parent for p in self._parents.get(node, ()) if p.period.contains(day)), None
            )
        return None


def _by[T](items: Sequence[T], attribute: str) -> Mapping[str, list[T]]:
    grouped: dict[str, list[T]] = defaultdict(list)
    for item in items:
        grouped[getattr(item, attribute)].append(item)
    return grouped


def targets(
    seed: int, calendar: Calendar, outlets: Sequence[Outlet], book: LeadBook
) -> tuple[Target, ...]:
    """Return targets in euro for each chain that sold the year before, and for each manager."""
    by_account: dict[tuple[str, date], float] = defaultdict(float)
    by_person: dict[tuple[str, date], float] = defaultdict(float)
    months = list(months_from(calendar.first, FULL_YEARS + 1))
    for outlet in outlets:
        weights = categories_wanted(seed, outlet)
        for month in months:
            planned = _planned(seed, calendar, outlet, weights, month)
            by_account[group_key(outlet.chain.code), month] += planned
            person = book.on(outlet.key, month)
            if person and planned:
                by_person[person, month] += planned
    accounts = [Target(m, _rounded(v), account=k) for (k, m), v in by_account.items() if v]
    people = [Target(m, _rounded(v), person=k) for (k, m), v in by_person.items() if v]
    return (*accounts, *people)


def _planned(
    seed: int, calendar: Calendar, outlet: Outlet, weights: Mapping[str, float], month: date
) -> float:
    """Return the month as planned at the turn of the year, when later news was not known."""
    known = trend(calendar, outlet, date(month.year, 1, 1))
    if not known:
        return 0.0
    ambition = Dice(seed, "ambition", outlet.chain.code, month.year).between(0.99, 1.08)
    growth: float = (1.0 + min(outlet.chain.growth, 0.4)) ** ((month.month - 1) / 12)
    shape = sum(weight * season(outlet, code, month) for code, weight in weights.items())
    return outlet.chain.size * 1000.0 / 12 * outlet.share * known * growth * ambition * shape


def _rounded(amount: float) -> Decimal:
    return Decimal(max(_STEP, round(amount / _STEP) * _STEP))
