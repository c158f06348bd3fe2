// From what the server says (kind, labels, series) to what the library draws.
import { categoryAxis, valueAxis } from "./chart-axes.js";
import { seriesOf } from "./chart-series.js";
import { tooltip } from "./chart-tooltip.js";

const NARROW = 480;

function shapeOf(option, width) {
  const narrow = width < NARROW;
  const several = option.series.length > 1 && !["pareto", "waterfall"].includes(option.kind);
  const endLabels = several && option.kind === "line" && !narrow;
  return {
    narrow,
    endLabels,
    legend: several && !endLabels,
    horizontal: Boolean(option.horizontal),
    kind: option.kind,
    bands: option.bands ?? [],
  };
}

const wide = (name) => [...name].reduce((sum, sign) => sum + (sign > "\u2e80" ? 12 : 6.5), 28);

// How much room the legend takes above the drawing: it wraps, and the axis has its name below it.
function headroom(option, width) {
  let lines = 1;
  let used = 0;
  for (const { name } of option.series) {
    const next = wide(name ?? "");
    if (used > 0 && used + next > width) {
      lines += 1;
      used = 0;
    }
    used += next;
  }
  const meets = lines > 1 || used > width - 90;
  return 30 + 18 * (lines - 1) + (meets ? 14 : 0);
}

function topOf(option, shape, width) {
  if (shape.legend) return headroom(option, width);
  return shape.horizontal ? 4 : 30;
}

function legend(look) {
  return {
    top: 0,
    right: 0,
    icon: "roundRect",
    itemWidth: 10,
    itemHeight: 10,
    selectedMode: false,
    textStyle: { color: look.ink, fontSize: 12 },
  };
}

function tip(data, look, shape) {
  return {
    trigger: shape.kind === "scatter" ? "item" : "axis",
    axisPointer: {
      type: shape.kind === "line" ? "line" : "shadow",
      lineStyle: { color: look.quiet },
      shadowStyle: { color: look.line, opacity: 0.35 },
    },
    formatter: tooltip(data),
    className: "chart-tip",
    backgroundColor: look.surface,
    borderColor: look.line,
    textStyle: { color: look.ink, fontSize: 12 },
    confine: true,
    transitionDuration: 0,
  };
}

export function fullOption(data, look, width) {
  const { option, locale } = data;
  const shape = shapeOf(option, width);
  const points = shape.kind === "scatter";
  const category = points
    ? valueAxis(option.xAxis, 0, look, locale, { ...shape, horizontal: true, bands: [] })
    : categoryAxis(option.xAxis, look, shape);
  const values = option.yAxis.map((axis, index) => valueAxis(axis, index, look, locale, shape));
  return {
    animation: !look.still,
    animationDuration: 150,
    textStyle: { fontFamily: look.font, color: look.ink },
    grid: {
      left: 4,
      right: shape.endLabels ? 110 : 10,
      top: topOf(option, shape, width),
      bottom: shape.horizontal || points ? 22 : 4,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    tooltip: tip(data, look, shape),
    ...(shape.legend && { legend: legend(look) }),
    xAxis: shape.horizontal ? values[0] : category,
    yAxis: shape.horizontal ? category : values,
    series: seriesOf(data, look, shape),
  };
}
