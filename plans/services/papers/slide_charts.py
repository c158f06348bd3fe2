"""Charts of a paper as charts of the slides: they can be edited, their figures are inside."""

from __future__ import annotations

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
)
from pptx.util import Pt

from plans.analytics.papers import Chart
from plans.services.papers.drawing import COLOURS
from plans.services.papers.slide_words import set_fonts

type Box = tuple[int, int, int, int]


def place_chart(slide: Any, chart: Chart, box: Box) -> None:
    """Put a chart on a slide, within a box."""
    data = CategoryChartData(number_format="General")
    # Lying bars are drawn from the bottom up.
    step = -1 if chart.is_lying else 1
    data.categories = chart.categories[::step]
    for one in chart.series:
        values = [None if value is None else float(value) for value in one.values]
        data.add_series(one.name, values[::step])
    kind = XL_CHART_TYPE.BAR_CLUSTERED if chart.is_lying else XL_CHART_TYPE.COLUMN_CLUSTERED
    drawn = slide.shapes.add_chart(kind, *box, data).chart
    _dress(drawn, chart)


def _dress(drawn: Any, chart: Chart) -> None:
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawn.legend.include_in_layout = False
    drawn.font.size = Pt(11)
    set_fonts(drawn.font._rPr)
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    drawn.category_axis.format.line.color.rgb = RGBColor(0xC9, 0xCE, 0xD6)
    values = drawn.value_axis
    known = [v for one in chart.series for v in one.values if v is not None]
    if min(known) >= 0:
        values.minimum_scale = 0
        if chart.unit == "%" and 10 < max(known) <= 100:
            values.maximum_scale = 100
    values.major_gridlines.format.line.color.rgb = RGBColor(0xE1, 0xE4, 0xE9)
    values.format.line.fill.background()
    values.tick_labels.number_format = "#,##0" if _is_large(chart) else "General"
    values.tick_labels.number_format_is_linked = False
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap = 60, -5
    for series, colour in zip(plot.series, COLOURS, strict=False):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())
        series.invert_if_negative = False


def _is_large(chart: Chart) -> bool:
    return any(abs(v) >= 1000 for one in chart.series for v in one.values if v is not None)
