// Rows of a table: a click opens, j and k move, Enter opens, o in a new tab.
import { isCovered, isTyping, on, onLoad } from "./lib.js";

function rowsOf(region) {
  return [...region.querySelectorAll("tbody tr")];
}

/** The table that keys act on: the one with the focus, else the first on the page. */
function region() {
  return document.activeElement?.closest("[data-table]") ?? document.querySelector("[data-table]");
}

export function markedRow() {
  return region()?.querySelector("tr.is-marked") ?? null;
}

function mark(row) {
  for (const other of document.querySelectorAll("tr.is-marked"))
    other.classList.remove("is-marked");
  row.classList.add("is-marked");
  row.scrollIntoView({ block: "nearest" });
  (row.querySelector("a, input") ?? row).focus({ preventScroll: true });
}

function move(step) {
  const rows = region() ? rowsOf(region()) : [];
  if (rows.length === 0) return;
  const here = rows.findIndex((row) => row.classList.contains("is-marked"));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
  mark(rows[Math.min(Math.max(next, 0), rows.length - 1)]);
}

function open(row, inNewTab) {
  if (!row?.dataset.href) return;
  if (inNewTab) window.open(row.dataset.href, "_blank", "noopener");
  else window.location.assign(row.dataset.href);
}

function isOwnClick(event) {
  return (
    event.target.closest("a, button, input, label, select, summary") ||
    window.getSelection()?.toString()
  );
}

on("click", "tr[data-href]", (event, row) => {
  if (!isOwnClick(event)) open(row, event.ctrlKey || event.metaKey);
});
on("auxclick", "tr[data-href]", (event, row) => {
  if (event.button === 1 && !isOwnClick(event)) open(row, true);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isCovered()) return;
  if (isTyping(event) && event.target.type !== "checkbox") return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "o") open(markedRow(), true);
  else if (event.key === "Enter" && event.target === document.body) open(markedRow(), false);
});

// A table near the top of its page ends where the window ends, wherever the page puts it.
function fit(element) {
  const scroll = element.querySelector(".table-card > .table-scroll");
  if (!scroll) return;
  const top = scroll.getBoundingClientRect().top + window.scrollY;
  const near = top < window.innerHeight * 0.6;
  if (near) scroll.style.setProperty("--table-top", `${Math.round(top)}px`);
  else scroll.style.removeProperty("--table-top");
}

onLoad("[data-table]", fit);
window.addEventListener("resize", () => document.querySelectorAll("[data-table]").forEach(fit));

// The search box stands outside the region that is swapped: keep it in step with a chip taken out.
onLoad("[data-table]", (element) => {
  const box = document.getElementById(`${element.id}-search`);
  if (box && document.activeElement !== box) box.value = element.dataset.search ?? "";
});
