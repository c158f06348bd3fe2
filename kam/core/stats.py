"""The stat card: one figure, what it is, as of when, against what, and from which rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from kam.core import formats
from kam.core.charts import Amount, sparkline
from kam.core.formats import Text

type Good = Literal["up", "down", "neither"]


@dataclass(frozen=True, kw_only=True)
class Stat:
    """A figure of a stat card. `what` explains it, `url` leads to its rows; a missing `value`
    shows as a dash with `unknown` as the reason; `good` says which direction is good news."""

    name: str
    title: Text
    value: Any
    kind: Literal["money", "number", "percent", "text"] = "number"
    unit: Text = ""
    places: int | None = None
    compact: bool = True
    delta: formats.Numeric | None = None
    delta_kind: Literal["percent", "number"] = "percent"
    reference: Text = ""
    good: Good = "neither"
    spark: Sequence[Amount] = field(default_factory=tuple)
    spark_label: Text = ""
    what: Text = ""
    as_of: dt.date | None = None
    url: str = ""
    url_text: Text = ""
    unknown: Text = ""

    @property
    def shown(self) -> SafeString:
        """The figure, shortened where it is long, exact on hover."""
        if formats.is_missing(self.value):
            return formats.missing(self.value, self.unknown)
        exact = self._exact()
        if self.kind in {"money", "number"} and self.compact and abs(self.value) >= 10_000:
            return format_html('<span title="{}">{}</span>', exact, formats.compact(self.value))
        return conditional_escape(exact)

    def _exact(self) -> str:
        if self.kind == "percent":
            return formats.percent(self.value, 1 if self.places is None else self.places)
        if self.kind == "money":
            own = formats.places_of(str(self.unit))
            return formats.money(self.value, places=own if self.places is None else self.places)
        if self.kind == "number":
            return formats.number(self.value, self.places)
        return str(self.value)

    @property
    def delta_text(self) -> str:
        """The change with its sign."""
        if self.delta is None:
            return ""
        write = formats.percent if self.delta_kind == "percent" else formats.number
        return formats.signed(write(self.delta), self.delta)

    @property
    def direction(self) -> str:
        """Whether the change went up, down or nowhere."""
        return "up" if (self.delta or 0) > 0 else "down" if (self.delta or 0) < 0 else "flat"

    @property
    def mood(self) -> str:
        """Whether the change is good news, bad news or neither."""
        if self.good == "neither" or self.direction == "flat":
            return "neither"
        return "good" if self.direction == self.good else "bad"

    @property
    def sparkline(self) -> SafeString:
        """The course of the figure."""
        return sparkline(self.spark, label=self.spark_label or self.title)
