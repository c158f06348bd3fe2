// The table of open items: what is left unapplied follows every figure typed.
import { numberOf, on, onLoad } from "./lib.js";

const SCALE = 10000;

/** An amount in ten-thousandths, so that sums are exact; nothing typed is nothing. */
function units(text) {
  const value = numberOf(text);
  return Number.isFinite(value) ? Math.round(value * SCALE) : 0;
}

function fields(table) {
  return [...table.querySelectorAll("input[data-share]")];
}

/** What there is to allocate, or null while no amount was typed. */
function available(table) {
  const field = table.dataset.amount && document.getElementById(table.dataset.amount);
  const text = field ? field.value : table.dataset.available;
  return text ? units(text) : null;
}

function rest(table) {
  const whole = available(table);
  if (whole === null) return null;
  return fields(table).reduce((left, field) => left - units(field.value), whole);
}

function show(table) {
  const left = rest(table);
  const output = table.parentElement.querySelector("[data-share-rest]");
  if (!output || left === null) return;
  const places = Number(table.dataset.places);
  const options = { minimumFractionDigits: places, maximumFractionDigits: places };
  const lang = document.documentElement.lang || undefined;
  output.textContent = (left / SCALE).toLocaleString(lang, options).replace("-", "−");
  output.classList.toggle("is-error", left < 0);
}

/** An arrow moves to the next amount; Enter in an empty one pays as much as there is. */
function step(field, by) {
  const all = fields(field.closest("[data-shares]"));
  all[all.indexOf(field) + by]?.focus();
}

onLoad("[data-shares]", show);

document.addEventListener("input", (event) => {
  for (const table of document.querySelectorAll("[data-shares]")) {
    if (table.contains(event.target) || event.target.id === table.dataset.amount) show(table);
  }
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input[data-share]");
  if (!field || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(field, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (!field.value) fill(field);
    step(field, 1);
  }
});

function fill(field) {
  const table = field.closest("[data-shares]");
  const left = rest(table);
  const most =
    left === null ? units(field.dataset.share) : Math.min(left, units(field.dataset.share));
  if (most > 0) field.value = String(most / SCALE);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Enter in the search looks for items instead of saving.
on("keydown", "[data-share-find]", (event, field) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  field.closest("form").querySelector("button[name=propose]")?.click();
});
