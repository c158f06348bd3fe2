// From what the server says (kind, labels, series) to what the library draws.
import { short } from "./chart-format.js";
import { tooltip } from "./chart-tooltip.js";

const NARROW = 480;

function categoryAxis(axis, look, { narrow, horizontal, pareto }) {
  return {
    ...axis,
    inverse: horizontal,
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
    axisLabel: {
      color: look.quiet,
      hideOverlap: true,
      fontSize: 11,
      ...(pareto && {
        rotate: narrow ? 60 : 40,
        width: narrow ? 70 : 110,
        overflow: "truncate",
        interval: narrow ? "auto" : 0,
      }),
      ...(horizontal && { width: narrow ? 90 : 180, overflow: "truncate" }),
    },
  };
}

function valueAxis(axis, index, look, locale, narrow) {
  return {
    type: "value",
    min: axis.min,
    max: axis.max,
    name: narrow ? "" : axis.name,
    nameTextStyle: { color: look.quiet, fontSize: 11, align: index ? "right" : "left" },
    nameGap: 12,
    splitNumber: 4,
    splitLine: { show: index === 0, lineStyle: { color: look.line } },
    axisLabel: {
      color: look.quiet,
      fontSize: 11,
      formatter: (value) => short(value, axis.format, locale),
    },
  };
}

function threshold(name, value, look, locale, format) {
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: look.quiet, type: "dashed", width: 1 },
    label: {
      color: look.quiet,
      fontSize: 11,
      position: "insideStartTop",
      formatter: () => name || short(value, format, locale),
    },
    data: [{ yAxis: value }],
  };
}

function lineSeries(one, index, look, data, count) {
  const color = look.palette[index % look.palette.length];
  return {
    showSymbol: false,
    symbolSize: 6,
    lineStyle: { width: 2, type: one.dashed ? "dashed" : "solid", color },
    connectNulls: false,
    ...(count > 1 && {
      endLabel: { show: true, formatter: "{a}", color: look.ink, fontSize: 11, distance: 6 },
      labelLayout: { moveOverlap: "shiftY" },
    }),
    ...(one.mark && { markLine: threshold("", one.mark, look, data.locale, one.format) }),
  };
}

function barSeries(look, data, stackTop) {
  return {
    barMaxWidth: 36,
    barCategoryGap: "28%",
    itemStyle: {
      borderRadius: stackTop ? [2, 2, 0, 0] : 0,
      borderColor: look.surface,
      borderWidth: data.option.kind === "stacked" ? 1 : 0,
    },
  };
}

function seriesOf(data, look) {
  const { option, locale } = data;
  const lines = option.series.filter((one) => one.type === "line").length;
  return option.series.map((one, index) => {
    const { format, unit: _unit, dashed: _dashed, mark: _mark, ...plain } = one;
    const color = look.palette[index % look.palette.length];
    const extra =
      one.type === "line"
        ? lineSeries(one, index, look, data, option.kind === "line" ? lines : 0)
        : barSeries(look, data, option.kind !== "stacked");
    const bands = index === 0 ? (option.bands ?? []) : [];
    const marks = bands.map((band) => threshold(band.name, band.value, look, locale, format));
    const markLine = marks.length
      ? {
          ...marks[0],
          label: { ...marks[0].label, formatter: (at) => bands[at.dataIndex]?.name ?? "" },
          data: bands.map((band) => ({ yAxis: band.value })),
        }
      : extra.markLine;
    return { ...plain, color, ...extra, ...(markLine && { markLine }) };
  });
}

export function fullOption(data, look, width) {
  const { option, locale } = data;
  const narrow = width < NARROW;
  const horizontal = Boolean(option.horizontal);
  const ends = option.kind === "line" && option.series.length > 1;
  const category = categoryAxis(option.xAxis, look, {
    narrow,
    horizontal,
    pareto: option.kind === "pareto",
  });
  const values = option.yAxis.map((axis, index) => valueAxis(axis, index, look, locale, narrow));
  return {
    animation: !look.still,
    animationDuration: 150,
    textStyle: { fontFamily: look.font, color: look.ink },
    aria: { enabled: false },
    grid: {
      left: 4,
      right: ends && !narrow ? 110 : 8,
      top: narrow ? 12 : 30,
      bottom: 4,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    tooltip: {
      trigger: "axis",
      axisPointer: {
        type: option.kind === "line" ? "line" : "shadow",
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
    },
    xAxis: horizontal ? values[0] : category,
    yAxis: horizontal ? category : values,
    series: seriesOf(data, look),
  };
}
