"""Charts of a shape of their own: points by two measures, and a waterfall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kam.core.charts import Chart, Format, column
from kam.core.formats import Text

TOTAL_HUE, COST_HUE = 1, 4


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A point: its name, where it stands, how large it is drawn (0 to 1) and where it leads.

    Points of a group have its colour and stand under its name in the legend.
    """

    name: str
    x: Decimal
    y: Decimal
    weight: float = 0.0
    url: str = ""
    group: str = ""
    hue: int = 1


def scatter(
    *,
    name: str,
    title: Text,
    spots: Sequence[Spot],
    item_title: Text,
    x_title: Text,
    y_title: Text,
    value_format: Format = "percent",
    bands: Sequence[tuple[Text, float]] = (),
    **card: Any,
) -> Chart:
    """Points by two measures of one format; `bands` are labelled lines across."""
    axis = {"type": "value", "format": value_format, "unit": ""}
    option = {
        "kind": "scatter",
        "xAxis": {**axis, "name": str(x_title)},
        "yAxis": [{**axis, "name": str(y_title)}],
        "bands": [{"name": str(text), "value": value} for text, value in bands],
        "series": [
            {
                "type": "scatter",
                "name": group or str(y_title),
                "format": value_format,
                "hue": hue,
                "data": [_point(spot) for spot in spots if (spot.group, spot.hue) == (group, hue)],
            }
            for hue, group in sorted({(spot.hue, spot.group) for spot in spots})
        ],
    }
    columns = [
        column(0, item_title),
        column(1, x_title, value_format),
        column(2, y_title, value_format),
    ]
    rows = [(spot.name, spot.x, spot.y) for spot in spots]
    return Chart(name=name, title=title, option=option, columns=columns, rows=rows, **card)


def _point(spot: Spot) -> dict[str, Any]:
    return {
        "name": spot.name,
        "value": [float(spot.x), float(spot.y)],
        "size": round(8 + 22 * spot.weight, 1),
        "url": spot.url,
        "hue": spot.hue,
    }


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a waterfall: what it adds (a cost is negative), or a total reached so far."""

    name: str
    amount: Decimal
    is_total: bool = False


def waterfall(
    *,
    name: str,
    title: Text,
    steps: Sequence[Step],
    unit: str,
    item_title: Text,
    value_title: Text,
    share_title: Text = "",
    whole: Decimal | None = None,
    **card: Any,
) -> Chart:
    """From a first amount step by step to what is left, also where that is below zero.

    With `whole` (above zero) the table says what share of it each step is.
    """
    layers: list[list[Any]] = [[], [], []]
    level = Decimal(0)
    for step in steps:
        start = Decimal(0) if step.is_total else level
        level = step.amount if step.is_total else level + step.amount
        for layer, part in zip(layers, _pieces(start, level, step), strict=True):
            layer.append(part)
    shared: dict[str, Any] = {"type": "bar", "stack": "all", "format": "money", "unit": unit}
    names: list[dict[str, Any]] = [
        {"name": "", "hidden": True},
        {"name": str(value_title)},
        {"name": str(value_title)},
    ]
    option = {
        "kind": "waterfall",
        "horizontal": True,
        "xAxis": {"type": "category", "data": [step.name for step in steps]},
        "yAxis": [{"type": "value", "format": "money", "unit": unit, "name": unit}],
        "series": [
            {**shared, **named, "data": layer} for named, layer in zip(names, layers, strict=True)
        ],
    }
    columns = [column(0, item_title), column(1, value_title, "money", unit=unit)]
    rows: list[Any] = [(step.name, step.amount) for step in steps]
    if whole is not None and whole > 0:
        columns.append(column(2, share_title, "percent"))
        rows = [(step.name, step.amount, step.amount / whole) for step in steps]
    return Chart(name=name, title=title, option=option, columns=columns, rows=rows, **card)


def _pieces(start: Decimal, end: Decimal, step: Step) -> tuple[float, Any, Any]:
    """What is left blank, what is drawn above zero and what below it."""
    low, high = min(start, end), max(start, end)
    told = {"amount": float(step.amount), "hue": TOTAL_HUE if step.is_total else COST_HUE}
    if low >= 0:
        return float(low), {"value": float(high - low), **told}, None
    if high <= 0:
        return float(high), None, {"value": float(low - high), **told}
    return 0.0, {"value": float(high), **told}, {"value": float(low), "hue": told["hue"]}
