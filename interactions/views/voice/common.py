"""What the pages of customers' ratings share: badges, crumbs, tabs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Function
from interactions.analytics import voice
from interactions.analytics.voice import Mood
from interactions.selectors.voice import Cell, Trend
from kam.core import charts, formats
from kam.core.badges import Badge, State
from kam.core.dates import Period
from kam.core.formats import Text
from kam.core.nav import Tab
from kam.core.pages import Crumbs

# icons: mood-smile mood-neutral mood-sad speakerphone send
MOODS: dict[str, tuple[Text, State, str]] = {
    Mood.GOOD: (gettext_lazy("Satisfied"), "success", "mood-smile"),
    Mood.MIXED: (gettext_lazy("Mixed"), "warning", "mood-neutral"),
    Mood.POOR: (gettext_lazy("Dissatisfied"), "danger", "mood-sad"),
}
LINES = 3
NOBODY_SAID = gettext_lazy("Nobody rated us in the last 12 months")


def mood_badge(points: Decimal | None) -> Badge | None:
    """How satisfied, in a word."""
    mood = voice.mood(points)
    if mood is None:
        return None
    text, state, icon = MOODS[mood]
    return Badge(text, state, icon)


def function_name(function: str) -> str:
    """A function of the customer in words; none is the customer as a whole."""
    return str(Function(function).label) if function else _("The customer as a whole")


def _quarter(period: Period) -> str:
    words = {"n": (period.start.month + 2) // 3, "year": period.start.year}
    return _("Q%(n)s %(year)s") % words


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs below the board."""
    return [(_("Voice of the customer"), reverse("interactions:voice-board")), *steps]


def tabs(request: HttpRequest, current: str) -> list[Tab]:
    """The pages of customers' ratings."""
    pages = [
        ("voice-board", _("Customers")),
        ("feedback-list", _("Ratings")),
        ("invitation-list", _("Survey links")),
        ("survey-list", _("Surveys")),
    ]
    return [
        Tab(title, reverse(f"interactions:{name}"), active=name == current) for name, title in pages
    ]


def _loudest(trend: Trend) -> list[tuple[str, Sequence[Cell]]]:
    """The functions that rated us most often: more lines than these nobody can read."""
    found = sorted(trend.by_function.items(), key=lambda one: -sum(cell.ratings for cell in one[1]))
    return found[:LINES]


def trend_chart(trend: Trend, as_of: date) -> charts.Chart:
    """Points by quarter, over all and by function; a quarter without ratings leaves a gap."""
    known = [cell.points for cell in trend.overall if cell.points is not None]
    title = _("Nobody rated us in these quarters")
    if known:
        words = {"last": formats.number(known[-1], 0), "first": formats.number(known[0], 0)}
        title = _("Satisfaction is %(last)s points of 100") % words
        if len(known) > 1:
            title = _("Satisfaction went from %(first)s to %(last)s points of 100") % words
    functions = [
        charts.Series(
            name=function_name(function), values=[cell.points for cell in cells], dashed=True
        )
        for function, cells in _loudest(trend)
        if len(trend.by_function) > 1
    ]
    return charts.line(
        name="voice",
        title=title,
        labels=[_quarter(period) for period in trend.quarters],
        label_title=_("Quarter"),
        value_format="number",
        unit=_("points"),
        series=[
            charts.Series(name=_("All"), values=[cell.points for cell in trend.overall]),
            *functions,
        ],
        as_of=as_of,
        height="short",
    )
