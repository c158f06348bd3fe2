// Lines and bars of a chart, named where they are rather than in a legend where there is room.
import { short } from "./chart-format.js";

function thresholds(marks, look, side) {
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: look.quiet, type: "dashed", width: 1 },
    label: {
      color: look.quiet,
      fontSize: 11,
      position: side,
      formatter: (at) => marks[at.dataIndex]?.name ?? "",
    },
    data: marks.map((mark) => ({ yAxis: mark.value })),
  };
}

function line(one, look, color, shape) {
  return {
    showSymbol: false,
    symbolSize: 6,
    lineStyle: { width: 2, type: one.dashed ? "dashed" : "solid", color },
    connectNulls: false,
    ...(shape.endLabels && {
      endLabel: { show: true, formatter: "{a}", color: look.ink, fontSize: 11, distance: 6 },
      labelLayout: { moveOverlap: "shiftY" },
    }),
  };
}

function bar(look, { kind, horizontal }) {
  const round = horizontal ? [0, 2, 2, 0] : [2, 2, 0, 0];
  return {
    barMaxWidth: 34,
    barCategoryGap: "28%",
    itemStyle: {
      borderRadius: kind === "stacked" ? 0 : round,
      borderColor: look.surface,
      borderWidth: kind === "stacked" ? 1 : 0,
    },
  };
}

function scatter(look) {
  return {
    symbolSize: (_value, item) => item.data.size,
    itemStyle: { opacity: 0.75, borderColor: look.surface, borderWidth: 1 },
    emphasis: { itemStyle: { opacity: 1 } },
    cursor: "pointer",
  };
}

/** Items with a colour of their own. */
function coloured(data, look) {
  return data.map((item) =>
    item?.hue ? { ...item, itemStyle: { color: look.palette[(item.hue - 1) % 8] } } : item,
  );
}

function dress(one, look, color, shape) {
  if (one.type === "line") return line(one, look, color, shape);
  if (one.type === "scatter") return scatter(look);
  return bar(look, shape);
}

export function seriesOf(data, look, shape) {
  return data.option.series.map((one, index) => {
    const { format, unit: _unit, dashed: _dashed, hidden, mark, hue, ...plain } = one;
    const color = look.ages[hue - 9] ?? look.palette[((hue ?? index + 1) - 1) % 8];
    const marks = [
      ...(index === 0 ? shape.bands : []),
      ...(mark ? [{ name: short(mark, format, data.locale), value: mark }] : []),
    ];
    return {
      ...plain,
      color,
      data: coloured(one.data, look),
      ...dress(one, look, color, shape),
      ...(hidden && { itemStyle: { color: "transparent" }, silent: true }),
      ...(marks.length > 0 && {
        markLine: thresholds(marks, look, mark ? "insideEndTop" : "insideStartTop"),
      }),
    };
  });
}
