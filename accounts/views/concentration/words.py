"""The finding in one sentence, and the period in words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.analytics.concentration import DEFAULT_BANDS, Concentration, Level, concentration
from accounts.analytics.retention import Movement
from accounts.choices import ConcentrationLevel
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.concentration.reading import Reading
from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.dates import Period
from kam.core.formats import Text

LEVELS: dict[Level, tuple[Text, State]] = {
    Level.LOW: (gettext_lazy("Low"), "success"),
    Level.MODERATE: (gettext_lazy("Moderate"), "info"),
    Level.HIGH: (gettext_lazy("High"), "warning"),
    Level.VERY_HIGH: (gettext_lazy("Very high"), "danger"),
}
STEADY = Decimal(50)
"""A change of HHI below this many points is called steady."""
BORROWED = gettext_lazy("Bands are borrowed conventions (1,000 / 1,800 / 2,500), not a law.")


def period_words(period: Period) -> str:
    """A period as people say it: its first and last day."""
    return f"{formats.date(period.start)} – {formats.date(period.last_day)}"


def level_badge(level: Level | None) -> Badge | None:
    """The borrowed level of a measure."""
    if level is None:
        return None
    text, state = LEVELS[level]
    return Badge(text, state, title=BORROWED)


def earlier_figures(reading: Reading) -> Concentration[int] | None:
    """Concentration of the year before, where there was revenue then."""
    if reading.before is None or not reading.is_company:
        return None
    figures = concentration(reading.before.pairs, unassigned=reading.before.unassigned, depth=0)
    return figures if figures.customers else None


def finding(
    reading: Reading, earlier: Concentration[int] | None, names: NameBook
) -> tuple[str, str]:
    """Return what the board says: who brings how much, and which way it moves."""
    figures = reading.figures
    if not figures.customers or figures.cr1 is None or figures.cr5 is None:
        return _("There is no revenue in this period."), ""
    largest = names.look_up([figures.ranked[0].key])[figures.ranked[0].key].name
    words = {"largest": largest, "share": formats.percent(figures.cr1)}
    if figures.customers == 1:
        return _("%(largest)s brings all of the revenue.") % words, ""
    words |= {"five": formats.percent(figures.cr5, 0), "count": str(min(5, figures.customers))}
    if reading.query.level == ConcentrationLevel.GROUP:
        first = _("%(count)s groups bring %(five)s of revenue; %(largest)s alone brings %(share)s.")
    else:
        first = _(
            "%(count)s accounts bring %(five)s of revenue; %(largest)s alone brings %(share)s."
        )
    return first % words, _direction(figures, earlier)


def own_finding(reading: Reading, names: NameBook) -> tuple[str, str]:
    """Return what the board says to who sees only the own accounts: nothing of the company."""
    ranked, found = reading.figures.ranked, reading.retention
    if not ranked:
        return _("Your accounts have no revenue in this period."), ""
    first = _("%(largest)s is your largest customer, with %(amount)s %(currency)s.") % {
        "largest": names.look_up([ranked[0].key])[ranked[0].key].name,
        "amount": formats.compact(ranked[0].amount),
        "currency": reading.now.currency,
    }
    if found is None or not found.base_customers:
        return first, ""
    counts = {
        name: formats.number(found.by_movement[movement].customers, 0)
        for name, movement in _COUNTED.items()
    }
    words = {"all": formats.number(found.base_customers, 0), **counts}
    second = ngettext(
        "Of your %(all)s customer of the year before, %(grew)s grew, %(shrank)s shrank and"
        " %(left)s left.",
        "Of your %(all)s customers of the year before, %(grew)s grew, %(shrank)s shrank and"
        " %(left)s left.",
        found.base_customers,
    )
    return first, second % words


_COUNTED = {"grew": Movement.GREW, "shrank": Movement.SHRANK, "left": Movement.LEFT}


def _direction(figures: Concentration[int], earlier: Concentration[int] | None) -> str:
    level = figures.hhi_level(DEFAULT_BANDS)
    if level is None or figures.hhi is None:
        return ""
    words = {"level": str(LEVELS[level][0]).lower(), "hhi": formats.number(figures.hhi, 0)}
    if earlier is None or earlier.hhi is None:
        return _("Concentration is %(level)s (HHI %(hhi)s).") % words
    change = figures.hhi - earlier.hhi
    words["change"] = formats.number(abs(change), 0)
    if abs(change) < STEADY:
        return _("Concentration is %(level)s (HHI %(hhi)s) and as it was a year ago.") % words
    if change > 0:
        return (
            _("Concentration is %(level)s (HHI %(hhi)s), %(change)s points up on a year ago.")
            % words
        )
    return (
        _("Concentration is %(level)s (HHI %(hhi)s), %(change)s points down on a year ago.") % words
    )


def pareto_title(figures: Concentration[int]) -> str:
    """What the Pareto chart shows."""
    if figures.to_80pct is None:
        return _("No revenue in this period")
    return ngettext(
        "%(count)s of %(all)s customers brings 80 %% of revenue",
        "%(count)s of %(all)s customers bring 80 %% of revenue",
        figures.to_80pct,
    ) % {
        "count": formats.number(figures.to_80pct, 0),
        "all": formats.number(figures.customers, 0),
    }
