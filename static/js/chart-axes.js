// Axes of a chart: quiet lines, short figures, the unit said once.
import { short } from "./chart-format.js";

export function categoryAxis(axis, look, shape) {
  const { narrow, horizontal, kind } = shape;
  const slanted = {
    rotate: narrow ? 55 : 40,
    width: narrow ? 64 : 110,
    overflow: "truncate",
    interval: narrow ? "auto" : 0,
  };
  return {
    ...axis,
    inverse: horizontal,
    boundaryGap: kind !== "line",
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
    axisLabel: {
      color: look.quiet,
      hideOverlap: true,
      fontSize: 11,
      ...(kind === "pareto" && slanted),
      ...(horizontal && { width: narrow ? 90 : 180, overflow: "truncate" }),
    },
  };
}

/** The range of a line chart is free, but holds its thresholds. */
function range(axis, bands) {
  const marks = bands.map((band) => band.value);
  if (marks.length === 0) return { min: axis.min, max: axis.max };
  const [lowest, highest] = [Math.min(...marks), Math.max(...marks)];
  return {
    min: axis.min ?? ((value) => (lowest < value.min ? lowest : null)),
    max: axis.max ?? ((value) => (highest > value.max ? highest : null)),
  };
}

export function valueAxis(axis, index, look, locale, shape) {
  const percent = axis.format === "percent" && axis.max === 1;
  return {
    type: "value",
    scale: shape.kind === "line",
    ...range(axis, shape.bands),
    ...(percent ? { interval: 0.2 } : { splitNumber: 4 }),
    name: axis.name,
    nameLocation: shape.horizontal ? "middle" : "end",
    nameTextStyle: { color: look.quiet, fontSize: 11, align: index ? "right" : "left" },
    nameGap: shape.horizontal ? 26 : 10,
    splitLine: { show: index === 0, lineStyle: { color: look.line } },
    axisLabel: {
      color: look.quiet,
      fontSize: 11,
      formatter: (value) => short(value, axis.format, locale),
    },
  };
}
