"""How a paper is laid out as slides: what stands on each, how high, and what goes on on the next.

Heights are points. Short sections share a slide, a long one goes on over several; a table or a
text is only cut where it leaves at least `LEAST` lines on both sides, and no slide is begun for
a few lines that fit below what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from plans.analytics.deck_items import (
    GAP,
    HEAD,
    HIGH,
    LEAST,
    LINE,
    SAID,
    SLACK,
    SPACE,
    TOGETHER,
    Charts,
    Grid,
    Item,
)
from plans.analytics.deck_parts import items_of
from plans.analytics.papers import Paper, Section


@dataclass
class Part:
    """A section on a slide, or as much of it as stands there."""

    section: Section
    number: int = 1
    items: list[Item] = field(default_factory=list)


@dataclass
class Slide:
    """What stands on a slide, section by section."""

    parts: list[Part] = field(default_factory=list)

    @property
    def used(self) -> float:
        """Points that are taken."""
        inner = sum(one.height + GAP for part in self.parts for one in part.items)
        return inner + (sum(map(_top, self.parts)) if len(self.parts) > 1 else 0)

    @property
    def left(self) -> float:
        """Points for another item of the last section."""
        return HIGH - self.used

    def room_for(self, section: Section) -> float:
        """Points for another section, the names of all of them taken off."""
        first = _top(self.parts[0]) if len(self.parts) == 1 else 0
        return self.left - first - _top(Part(section))


def _top(part: Part) -> float:
    return HEAD + (SAID if part.section.takeaway and part.number == 1 else 0)


def slides_of(paper: Paper) -> list[Slide]:
    """Return the slides behind the first one; sections that say nothing have none."""
    found: list[Slide] = []
    for section in paper.sections:
        items = [] if section.is_blank else list(items_of(section))
        if items:
            _lay(found, section, items)
    return [_stretched(one) for one in found]


def _lay(found: list[Slide], section: Section, items: Sequence[Item]) -> None:
    """Put a section below what is there where it fits, or where little is there; else anew."""
    whole = sum(one.height + GAP for one in items)
    last = found[-1] if found else None
    room = last.room_for(section) if last else 0.0
    few = LEAST * (LINE + SPACE) if whole <= HIGH else 0.3 * HIGH
    if last is None or not (whole <= room or (last.used < few and room > 0.5 * HIGH)):
        last = Slide()
        found.append(last)
    part = Part(section)
    last.parts.append(part)
    for n, item in enumerate(items):
        part = _flow(found, part, item, is_last=n == len(items) - 1)


def _flow(found: list[Slide], part: Part, item: Item, *, is_last: bool) -> Part:
    """Put an item on the last slide and what does not fit on further ones."""
    rest: Item | None = item
    while rest is not None:
        slide = found[-1]
        if rest.height <= slide.left + (SLACK if is_last else 0):
            part.items.append(rest)
            return part
        first, more = (None, rest) if _stays_whole(rest, slide) else rest.cut(slide.left)
        if first is None and not part.items and len(slide.parts) == 1:
            first, more = rest, None  # higher than a slide: it stands alone
        if first is not None:
            part.items.append(first)
        rest = more
        if rest is not None:
            part = _next(found, part)
    return part


def _stays_whole(item: Item, slide: Slide) -> bool:
    """Whether a short table goes to the next slide as a whole."""
    is_short = isinstance(item, Grid) and item.height < TOGETHER * HIGH
    return is_short and slide.used > TOGETHER * HIGH


def _next(found: list[Slide], part: Part) -> Part:
    """Go on with a section on a new slide; where nothing of it stands yet, it moves there."""
    if not part.items:
        found[-1].parts.remove(part)
        found.append(Slide([part]))
        return part
    further = Part(part.section, part.number + 1)
    found.append(Slide([further]))
    return further


def _stretched(slide: Slide) -> Slide:
    """Let charts have what is left."""
    tall = [one for part in slide.parts for one in part.items if isinstance(one, Charts)]
    if tall:
        more = max(slide.left - GAP, 0) / len(tall)
        for part in slide.parts:
            part.items = [
                replace(one, height=max(one.height, min(one.height + more, one.most)))
                if isinstance(one, Charts)
                else one
                for one in part.items
            ]
    return slide
