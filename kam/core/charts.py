"""Charts: a finding, the drawing as an ECharts option, and the table it was drawn from.

The option is plain data; colours, number formats and tooltips come from `static/js/chart.js`,
which reads `format` ("money", "number", "percent") and `unit` of the axes and series."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any, Literal

from django.http import HttpRequest, HttpResponseBase
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kam.core.exports import csv_response
from kam.core.formats import Text
from kam.core.tables.columns import Column, Kind

type Format = Literal["money", "number", "percent"]
type Amount = Decimal | int | float | None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart card: `title` says what is seen, `columns` and `rows` are the table behind it."""

    name: str
    title: Text
    option: dict[str, Any]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    subtitle: Text = ""
    note: Text = ""
    as_of: dt.date | None = None
    rows_url: str = ""
    height: Literal["short", "normal", "tall"] = "normal"

    @property
    def id(self) -> str:
        """The element's id."""
        return f"chart-{self.name}"

    @property
    def data(self) -> str:
        """What the script needs, as JSON for a data attribute: htmx takes script elements, also
        those that hold data, out of the parts that it brings."""
        data = {"option": self.option, "locale": get_language() or "en", "name": self.name}
        return json.dumps(data, ensure_ascii=False)

    @property
    def body(self) -> list[list[tuple[Column, SafeString]]]:
        """The table's cells as they are shown."""
        return [[(column, column.shown(row)) for column in self.columns] for row in self.rows]

    def csv(self) -> HttpResponseBase:
        """The table as a file."""
        headings = [column.heading for column in self.columns]
        records = [[column.exported(row) for column in self.columns] for row in self.rows]
        return csv_response(self.name, headings, lambda: records)


def export(request: HttpRequest, *charts: Chart) -> HttpResponseBase | None:
    """The CSV of the chart that the address asks for (`?chart=name`), if it asks for one."""
    asked = request.GET.get("chart")
    return next((chart.csv() for chart in charts if asked == chart.name), None)


def column(
    index: int, title: Text, kind: Kind = "text", *, unit: Text = "", places: int | None = None
) -> Column:
    """The column of a chart's table that shows the item at `index` of each row."""
    return Column(
        name=str(index),
        title=title,
        kind=kind,
        unit=unit,
        value=itemgetter(index),
        places=places,
    )


def _float(value: Amount) -> float | None:
    return None if value is None else float(value)


def _value_axis(value_format: Format, unit: str, title: str = "") -> dict[str, Any]:
    return {"type": "value", "format": value_format, "unit": unit, "name": title or unit}


@dataclass(frozen=True, kw_only=True)
class Series:
    """A line or a layer of bars: one value per label (None leaves a gap). `hue` (1–8) keeps a
    thing its colour across the charts of a page; 9–14 are ages: not due, ever later, undated."""

    name: Text
    values: Sequence[Amount]
    dashed: bool = False
    hue: int | None = None


def pareto(
    *,
    name: str,
    title: Text,
    items: Sequence[tuple[str, Decimal]],
    unit: str,
    item_title: Text,
    value_title: Text,
    mark: Decimal = Decimal("0.8"),
    bars: int = 30,
    **card: Any,
) -> Chart:
    """Bars from the largest down with the cumulative share and a line at `mark`. `items` stand in
    order and are all of them; past `bars` they are drawn as one bar and stay whole in the table."""
    total = sum((amount for _label, amount in items), Decimal(0))
    rows, cumulative = [], Decimal(0)
    for rank, (label, amount) in enumerate(items, 1):
        cumulative += amount
        share = amount / total if total else None
        rows.append((rank, label, amount, share, cumulative / total if total else None))
    drawn = [(row[1], _float(row[2]), _float(row[4])) for row in rows[:bars]]
    if rest := rows[bars:]:
        others = _("{count} others").format(count=len(rest))
        drawn.append((others, _float(sum(row[2] for row in rest)), _float(rest[-1][4])))
    option = {
        "kind": "pareto",
        "xAxis": {"type": "category", "data": [label for label, _amount, _share in drawn]},
        "yAxis": [
            _value_axis("money", unit),
            {**_value_axis("percent", "", _("Cumulative")), "min": 0, "max": 1},
        ],
        "series": [
            {
                "type": "bar",
                "name": str(value_title),
                "data": [amount for _label, amount, _share in drawn],
                "format": "money",
                "unit": unit,
            },
            {
                "type": "line",
                "name": _("Cumulative share"),
                "yAxisIndex": 1,
                "data": [share for _label, _amount, share in drawn],
                "format": "percent",
                "mark": float(mark),
            },
        ],
    }
    columns = [
        column(0, _("Rank"), "number", places=0),
        column(1, item_title),
        column(2, value_title, "money", unit=unit),
        column(3, _("Share"), "percent"),
        column(4, _("Cumulative"), "percent"),
    ]
    return Chart(name=name, title=title, option=option, columns=columns, rows=rows, **card)


def _labelled(
    kind: str,
    series_type: str,
    labels: Sequence[str],
    series: Sequence[Series],
    value_format: Format,
    unit: str,
    extra: dict[str, Any],
) -> dict[str, Any]:
    return {
        "kind": kind,
        "xAxis": {"type": "category", "data": [str(label) for label in labels]},
        "yAxis": [_value_axis(value_format, unit)],
        "series": [
            {
                "type": series_type,
                "name": str(one.name),
                "data": [_float(value) for value in one.values],
                "format": value_format,
                "unit": unit,
                "dashed": one.dashed,
                **extra,
                **({"hue": one.hue} if one.hue else {}),
            }
            for one in series
        ],
    }


def _table(
    label_title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    value_format: Format,
    unit: str,
    places: int | None = None,
) -> tuple[list[Column], list[list[Any]]]:
    columns = [column(0, label_title)] + [
        column(index, one.name, value_format, unit=unit, places=places)
        for index, one in enumerate(series, 1)
    ]
    rows = [[label, *(one.values[index] for one in series)] for index, label in enumerate(labels)]
    return columns, rows


def line(
    *,
    name: str,
    title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    label_title: Text,
    value_format: Format = "money",
    unit: str = "",
    places: int | None = None,
    bands: Sequence[tuple[Text, float]] = (),
    **card: Any,
) -> Chart:
    """Lines over time, named at their ends; `bands` are thresholds drawn as labelled lines."""
    option = _labelled("line", "line", labels, series, value_format, unit, {})
    option["bands"] = [{"name": str(text), "value": value} for text, value in bands]
    columns, rows = _table(label_title, labels, series, value_format, unit, places)
    return Chart(name=name, title=title, option=option, columns=columns, rows=rows, **card)


def bar(
    *,
    name: str,
    title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    label_title: Text,
    value_format: Format = "money",
    unit: str = "",
    places: int | None = None,
    stacked: bool = False,
    horizontal: bool = False,
    **card: Any,
) -> Chart:
    """Bars side by side, or stacked; horizontal ones suit long labels."""
    kind = "stacked" if stacked else "bar"
    extra = {"stack": "all"} if stacked else {}
    option = _labelled(kind, "bar", labels, series, value_format, unit, extra)
    option["horizontal"] = horizontal
    columns, rows = _table(label_title, labels, series, value_format, unit, places)
    return Chart(name=name, title=title, option=option, columns=columns, rows=rows, **card)


def stacked_bar(**options: Any) -> Chart:
    """Bars whose parts add up."""
    return bar(stacked=True, **options)


def sparkline(values: Sequence[Amount], *, label: Text = "", width: int = 96) -> SafeString:
    """A small line without axes, drawn on the server; gaps where a value is missing."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return mark_safe("")
    low, high, height = min(known), max(known), 24
    span = (high - low) or 1.0
    step = (width - 6) / max(len(values) - 1, 1)
    path, pen_down, x, y = [], False, 0.0, 0.0
    for index, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        x, y = 3 + index * step, 3 + (height - 6) * (1 - (float(value) - low) / span)
        path.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}")
        pen_down = True
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path d="{}"></path><circle cx="{}" cy="{}" r="2"></circle></svg>',
        width,
        height,
        label or _("Course"),
        " ".join(path),
        f"{x:.1f}",
        f"{y:.1f}",
    )
