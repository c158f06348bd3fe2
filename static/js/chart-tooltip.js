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
  const raw = Array.isArray(item.value) ? item.value[1] : item.value;
  value.textContent = exact(raw, series.format, series.unit, locale);
  row.append(mark, name, value);
  return row;
}

export function tooltip(data) {
  return (items) => {
    const list = Array.isArray(items) ? items : [items];
    const box = document.createElement("div");
    box.className = "tip";
    const head = document.createElement("p");
    head.textContent = list[0]?.name ?? "";
    box.append(head);
    for (const item of list)
      box.append(line(item, data.option.series[item.seriesIndex], data.locale));
    return box;
  };
}
