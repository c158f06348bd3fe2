// A tooltip built of elements, with colours set by script: the content security policy allows no
// style attribute in markup, and no name is ever read as HTML.
import { exact } from "./chart-format.js";

function line(item, series, locale) {
  const row = document.createElement("div");
  row.className = "tip-row";
  const mark = document.createElement("span");
  mark.className = "tip-mark";
  mark.style.background = item.color;
  const name = document.createElement("span");
  name.textContent = item.seriesName;
  const value = document.createElement("strong");
  const plain = Array.isArray(item.value) ? item.value[1] : item.value;
  const raw = item.data?.amount ?? plain;
  value.textContent = exact(raw, series.format, series.unit, locale);
  row.append(mark, name, value);
  return row;
}

/** Both measures of a point. */
function point(item, { option, locale }) {
  return [option.xAxis, option.yAxis[0]].map((axis, index) =>
    line({ ...item, seriesName: axis.name, value: item.value[index] }, axis, locale),
  );
}

/** What says something: not the blank part of a waterfall, nor the rest of a step across zero. */
function speaks(item, option) {
  if (option.kind !== "waterfall") return true;
  return item.data?.amount !== undefined;
}

export function tooltip(data) {
  return (items) => {
    const list = Array.isArray(items) ? items : [items];
    const box = document.createElement("div");
    box.className = "tip";
    const head = document.createElement("p");
    head.textContent = list[0]?.name ?? "";
    box.append(head);
    if (data.option.kind === "scatter") {
      box.append(...point(list[0], data));
      return box;
    }
    for (const item of list.filter((one) => speaks(one, data.option)))
      box.append(line(item, data.option.series[item.seriesIndex], data.locale));
    return box;
  };
}
