"""Charts of a paper as vector drawings: bars or columns with their axis, labels and a key."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from kam.core import formats, paper
from plans.analytics.papers import Chart, short, width_of

COLOURS = ("#0f5c8c", "#d98a1f", "#5b6270")
HEX = tuple(colors.HexColor(one) for one in COLOURS)
FONT = 7
ROW, COLUMN_HEIGHT, KEY = 7 * mm, 52 * mm, 8 * mm


def drawing_of(chart: Chart, *, width: float) -> Drawing:
    """Return a chart as a drawing of a width; its height follows the number of bars."""
    is_keyed = len(chart.series) > 1
    key = KEY if is_keyed else 0
    inner = _lying_height(chart) if chart.is_lying else COLUMN_HEIGHT
    below = 8 * mm if chart.is_lying else 10 * mm
    below += 6 * mm if _is_slanted(chart) else 0
    drawing = Drawing(width, inner + below + key + 3 * mm)
    drawing.add(_bars(chart, width=width, height=inner, below=below))
    if is_keyed:
        drawing.add(_key(chart, top=inner + below + key + 2 * mm))
    return drawing


def _lying_height(chart: Chart) -> float:
    return float(max(len(chart.categories) * ROW * (1 + 0.35 * (len(chart.series) - 1)), 14 * mm))


def _bars(chart: Chart, *, width: float, height: float, below: float) -> Any:
    bars = HorizontalBarChart() if chart.is_lying else VerticalBarChart()
    names = _names(chart)
    left = _label_room(names) if chart.is_lying else 20 * mm
    bars.x, bars.y, bars.width, bars.height = left, below, width - left - 6 * mm, height
    order = -1 if chart.is_lying else 1
    bars.data = [[_number(one) for one in series.values[::order]] for series in chart.series]
    bars.barWidth, bars.groupSpacing, bars.barSpacing = 5, 5, 0.5
    for n in range(len(chart.series)):
        bars.bars[n].fillColor, bars.bars[n].strokeColor = HEX[n % len(HEX)], None
    _category_axis(bars.categoryAxis, names[::order], is_lying=chart.is_lying)
    if _is_slanted(chart):
        bars.categoryAxis.labels.angle, bars.categoryAxis.labels.boxAnchor = 30, "ne"
    _value_axis(bars.valueAxis, chart)
    return bars


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _names(chart: Chart) -> list[str]:
    room = 42 if chart.is_lying else max(112 // max(len(chart.categories), 1), 8)
    if _is_slanted(chart):
        room = 14
    return [short(one, room) for one in chart.categories]


def _is_slanted(chart: Chart) -> bool:
    """Whether many columns with long names need room by standing aslant."""
    longest = max(width_of(one) for one in chart.categories)
    return not chart.is_lying and len(chart.categories) > 6 and longest > 8


def _label_room(names: list[str]) -> float:
    widest = max(float(stringWidth(one, paper.font_for(one), FONT)) for one in names)
    return float(min(widest, 62 * mm) + 3 * mm)


def _category_axis(axis: Any, names: list[str], *, is_lying: bool) -> None:
    axis.categoryNames = names
    axis.strokeColor = paper.LINE
    axis.visibleTicks = False
    axis.labels.fontSize = FONT
    axis.labels.boxAnchor = "e" if is_lying else "n"
    axis.labels.dx, axis.labels.dy = (-3, 0) if is_lying else (0, -3)
    for n, name in enumerate(names):
        axis.labels[n].fontName = paper.font_for(name)
    axis.labelAxisMode = "low"


def _value_axis(axis: Any, chart: Chart) -> None:
    known = [float(v) for one in chart.series for v in one.values if v is not None] or [0.0]
    axis.valueMin, axis.valueMax = min(0.0, *known), max(0.0, *known)
    if axis.valueMax == axis.valueMin:
        axis.valueMax = 1
    if chart.unit == "%" and axis.valueMin >= 0 and 10 < axis.valueMax < 100:
        axis.valueMax = 100
    axis.maximumTicks, axis.avoidBoundFrac = 6, None
    axis.visibleGrid, axis.gridStrokeColor, axis.gridStrokeWidth = True, paper.LINE, 0.25
    axis.strokeColor, axis.visibleTicks = None, False
    axis.labels.fontSize, axis.labels.fillColor = FONT, paper.GREY
    axis.labelTextFormat = _spoken
    axis.labels.fontName = paper.font_for(_spoken(max(known)))


def _spoken(value: float) -> str:
    number = Decimal(str(round(value, 6)))
    return formats.compact(number) if abs(number) >= 10 or number == 0 else formats.number(number)


def _key(chart: Chart, *, top: float) -> Legend:
    key = Legend()
    key.x, key.y, key.boxAnchor = 0, top, "nw"
    key.fontName, key.fontSize = paper.font_for(chart.series[0].name), FONT + 1
    key.dx = key.dy = 6
    key.columnMaximum, key.deltax, key.alignment = 1, 70, "right"
    key.strokeWidth, key.strokeColor = 0, None
    names = [short(one.name, 24) for one in chart.series]
    key.colorNamePairs = [(HEX[n % len(HEX)], name) for n, name in enumerate(names)]
    return key
