"""Words and signs of health: levels, scores, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.analytics.health import Shift
from accounts.choices import HealthLevel
from accounts.models import HealthScore
from accounts.selectors.health.standing import CAPS, held_of, title_of
from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.formats import Text

# icons: heartbeat refresh adjustments circle-dashed
STATES: Mapping[str, State] = {
    HealthLevel.GOOD: "success",
    HealthLevel.WATCH: "warning",
    HealthLevel.POOR: "danger",
    HealthLevel.INSUFFICIENT: "muted",
}
SHOWN = 2


def badge(level: str) -> Badge:
    """A level's sign; grey for what rests on too little."""
    return Badge(HealthLevel(level).label, STATES[level])


def score(value: Decimal | None) -> str:
    """A score, whole points."""
    return formats.DASH if value is None else formats.number(value, 0)


def title(key: str) -> Text:
    """What people call a measure, or what caps take."""
    return _("Caps") if key == CAPS else title_of(key)


def shift(one: Shift) -> str:
    """One change: the measure and the points of the score that it explains."""
    return f"{title(one.key)} {formats.signed(formats.number(one.change, 1), one.change)}"


def shifts(found: Sequence[Shift]) -> str:
    """The largest changes in one line."""
    return "; ".join(shift(one) for one in found[:SHOWN])


def weakest(row: HealthScore) -> str:
    """What holds a score down most: the cap that takes points, else the measure that lost most."""
    if row.score != row.uncapped:
        return str(min(held_of(row), key=lambda one: one.limit).title)
    lost = {line[0]: line[2] - line[3] for line in row.parts if line[4] and line[2] > line[3]}
    if not lost:
        return ""
    key = max(lost, key=lambda one: lost[one])
    return f"{title_of(key)} {formats.MINUS}{formats.number(lost[key], 0)}"
