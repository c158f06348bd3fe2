"""The whole demo company in one call."""

from datetime import date, timedelta

from accounts.demo.calendar import LATE_FEED_DAYS, Calendar
from accounts.demo.catalogue import ASIA, CATEGORIES, EUROPE, PRODUCTS
from accounts.demo.people import ORGANISATION, PEOPLE, TEAMS, absences, leads
from accounts.demo.rates import RateTable, monthly_rates
from accounts.demo.records import Company, Entry, Period, Source
from accounts.demo.sales import Till, outlet_entries, unassigned_entries
from accounts.demo.targets import LeadBook, targets
from accounts.demo.tree import Outlet, chains, grow

DEFAULT_SEED = 20
SOURCE_CODES = ("erp-europe", "erp-asia")
MADE_HERE = (*SOURCE_CODES, "settlement-statements")
"""Sources of the demo's revenue: its systems, and what the installation books itself."""


def generate(*, as_of: date, seed: int = DEFAULT_SEED, scale: int = 1) -> Company:
    """Return the demo company as it stands at the start of `as_of`.

    The same seed and month give the same lines; within a month only later days are missing.
    `scale` repeats the chains, and with them accounts and lines.
    """
    if scale < 1:
        raise ValueError("scale must be at least 1")
    calendar, told = Calendar(as_of), chains(scale)
    months = tuple(calendar.months())
    rates = monthly_rates(seed, months)
    tree = grow(seed, calendar, told)
    led = leads(calendar, told, tree)
    sources = _sources(as_of)
    till = Till(seed, calendar, RateTable(rates), _by_country(sources), months)
    return Company(
        organisation=ORGANISATION,
        history=Period(calendar.first, as_of),
        teams=TEAMS,
        people=PEOPLE,
        absences=absences(calendar),
        sources=sources,
        rates=rates,
        categories=CATEGORIES,
        products=PRODUCTS,
        nodes=tuple(tree.nodes),
        parents=tuple(tree.parents),
        leads=led,
        entries=_entries(till, tree.outlets),
        targets=targets(seed, calendar, tree.outlets, LeadBook(led, tree.parents)),
    )


def _sources(as_of: date) -> tuple[Source, ...]:
    """Return the two feeds: Europe's is up to yesterday, Asia's is late."""
    europe, asia = SOURCE_CODES
    return (
        Source(europe, "ERP Europe", 1, as_of - timedelta(days=1)),
        Source(asia, "ERP Asia", 1, as_of - timedelta(days=LATE_FEED_DAYS)),
    )


def _by_country(sources: tuple[Source, ...]) -> dict[str, Source]:
    europe, asia = sources
    return {**dict.fromkeys(EUROPE, europe), **dict.fromkeys(ASIA, asia)}


def _entries(till: Till, outlets: list[Outlet]) -> tuple[Entry, ...]:
    entries = [entry for outlet in outlets for entry in outlet_entries(till, outlet)]
    entries.extend(unassigned_entries(till))
    return tuple(sorted(entries, key=lambda entry: (entry.on, entry.source_key)))
