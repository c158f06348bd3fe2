// Draws a chart card from the data beside it, and again when theme or size change.
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { fullOption } from "./chart-option.js";
import { tokens } from "./chart-theme.js";

echarts.use([
  BarChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  MarkLineComponent,
  LabelLayout,
  CanvasRenderer,
]);

const drawn = new Map();

function paint(card) {
  const { chart, data } = drawn.get(card);
  chart.setOption(fullOption(data, tokens(), chart.getWidth()), { notMerge: true });
}

function toggle(card, button) {
  const asTable = card.classList.toggle("shows-table");
  button.setAttribute("aria-pressed", String(asTable));
  if (!asTable) drawn.get(card).chart.resize();
}

function savePicture(card) {
  const { chart, data } = drawn.get(card);
  const link = document.createElement("a");
  link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: tokens().surface });
  link.download = `${data.name}.png`;
  link.click();
}

export function draw(card) {
  if (drawn.has(card)) return;
  const canvas = card.querySelector("[data-chart-canvas]");
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  drawn.set(card, { chart, data: JSON.parse(card.dataset.chart) });
  paint(card);
  chart.on("click", (event) => {
    if (event.data?.url) window.location.assign(event.data.url);
  });
  let width = chart.getWidth();
  new ResizeObserver(() => {
    if (!canvas.isConnected || canvas.clientWidth === 0) return;
    chart.resize();
    if (chart.getWidth() !== width) paint(card);
    width = chart.getWidth();
  }).observe(canvas);
  card.querySelector("[data-chart-toggle]")?.addEventListener("click", (event) => {
    toggle(card, event.currentTarget);
  });
  card.querySelector("[data-chart-picture]")?.addEventListener("click", () => savePicture(card));
}

document.addEventListener("kam:theme", () => {
  for (const [card, { chart }] of drawn) {
    if (card.isConnected) paint(card);
    else {
      chart.dispose();
      drawn.delete(card);
    }
  }
});
