// Selecting rows: x or the boxes, Shift for a range; the bar with what can be done then appears.
import { isCovered, isTyping, on } from "./lib.js";
import { markedRow } from "./table.js";

let last = null;

function boxes(region) {
  return [...region.querySelectorAll("input[data-select]")];
}

function refresh(region) {
  const all = boxes(region);
  const picked = all.filter((box) => box.checked);
  for (const box of all) box.closest("tr").classList.toggle("is-selected", box.checked);
  const head = region.querySelector("[data-select-all]");
  if (head) {
    head.checked = picked.length > 0 && picked.length === all.length;
    head.indeterminate = picked.length > 0 && picked.length < all.length;
  }
  const bar = region.querySelector("[data-bulk]");
  if (bar) {
    bar.hidden = picked.length === 0;
    bar.querySelector("[data-bulk-count]").textContent = String(picked.length);
  }
}

function fill(region, from, to) {
  const all = boxes(region);
  const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (start < 0) return;
  for (const box of all.slice(start, end + 1)) box.checked = to.checked;
}

on("click", "input[data-select]", (event, box) => {
  const region = box.closest("[data-table]");
  if (event.shiftKey && last?.isConnected) fill(region, last, box);
  last = box;
  refresh(region);
});

on("click", "[data-select-all]", (_event, head) => {
  const region = head.closest("[data-table]");
  for (const box of boxes(region)) box.checked = head.checked;
  refresh(region);
});

on("click", "[data-bulk-clear]", (_event, button) => {
  const region = button.closest("[data-table]");
  for (const box of boxes(region)) box.checked = false;
  refresh(region);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "x" || event.ctrlKey || event.metaKey || isCovered()) return;
  if (isTyping(event) && event.target.type !== "checkbox") return;
  markedRow()?.querySelector("input[data-select]")?.click();
});
