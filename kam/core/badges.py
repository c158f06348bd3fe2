"""States, said with a word and an icon as well as a colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from kam.core.formats import Text
from kam.core.icons import icon

type State = Literal["neutral", "info", "success", "warning", "danger", "muted"]

# The asset build reads these: icons: point info-circle circle-check alert-triangle
# icons: alert-octagon circle-dashed tier-hexagon tier-diamond tier-triangle tier-circle tier-square
STATE_ICONS: dict[str, str] = {
    "neutral": "point",
    "info": "info-circle",
    "success": "circle-check",
    "warning": "alert-triangle",
    "danger": "alert-octagon",
    "muted": "circle-dashed",
}
TIER_SHAPES = ("hexagon", "diamond", "triangle", "circle", "square", "circle")


@dataclass(frozen=True)
class Badge:
    """A state of a thing: the word, how it stands, and an icon (the state's own by default)."""

    text: Text
    state: State = "neutral"
    icon: str = ""
    title: Text = ""

    def __str__(self) -> str:
        return str(self.text)

    def __html__(self) -> SafeString:
        return format_html(
            '<span class="badge-state is-{}" title="{}">{}{}</span>',
            self.state,
            self.title,
            icon(self.icon or STATE_ICONS[self.state]),
            self.text,
        )


@dataclass(frozen=True)
class Tier:
    """A tier: its rank (1 is the highest) gives the shape and the hue, its letter the sign."""

    name: Text
    rank: int
    provisional: bool = False

    def __str__(self) -> str:
        return str(self.name)

    def __html__(self) -> SafeString:
        rank = min(max(self.rank, 1), len(TIER_SHAPES))
        return format_html(
            '<span class="tier is-tier-{}{}"><span class="tier-sign" aria-hidden="true">{}'
            '<span class="tier-letter">{}</span></span>{}</span>',
            rank,
            " is-provisional" if self.provisional else "",
            icon(f"tier-{TIER_SHAPES[rank - 1]}"),
            str(self.name)[:1],
            self.name,
        )
