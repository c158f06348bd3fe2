// A grid of numbers: copied cells of a spreadsheet go into the fields from the one they are pasted
// in; arrows move up and down; sums follow. Texts stay as they are: the server reads them.
import { numberOf, on, onLoad, words } from "./lib.js";
import { toast } from "./toast.js";

/** The cells of a copied block; a lone text is none. */
function block(text) {
  const rows = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  const cells = rows.map((row) => row.split("\t").map((cell) => cell.trim()));
  return cells.length > 1 || cells[0].length > 1 ? cells : null;
}

function rows(table) {
  return [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("[data-grid-cell]")]);
}

function place(field) {
  const all = rows(field.closest("[data-grid]"));
  const row = all.findIndex((cells) => cells.includes(field));
  return { all, row, column: all[row].indexOf(field) };
}

/** A number as it is typed, for the sums alone; what is none counts as nothing. */
function value(text, sign) {
  const number = numberOf(text, sign);
  return Number.isFinite(number) ? number : 0;
}

/** What the fields come to; nothing where nothing is typed. */
function total(table, cells) {
  const typed = cells.filter((cell) => cell.value.trim());
  if (!typed.length) return "";
  const found = typed.reduce((all, cell) => all + value(cell.value, table.dataset.sign), 0);
  const lang = document.documentElement.lang || undefined;
  return found.toLocaleString(lang, { maximumFractionDigits: 0 });
}

/** Sums of the rows at their end, of the months below them, of everything in the corner. */
function sum(table) {
  const all = rows(table);
  for (const cells of all) {
    const output = cells[0]?.closest("tr").querySelector("[data-grid-sum]");
    if (output) output.textContent = total(table, cells);
  }
  table.querySelectorAll("[data-grid-month]").forEach((output, column) => {
    const cells = all.map((row) => row[column]).filter(Boolean);
    output.textContent = total(table, cells.length ? cells : all.flat());
  });
}

function write(field, text) {
  field.value = text;
  field.classList.remove("is-invalid");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

on("paste", "[data-grid-cell]", (event, field) => {
  const cells = block(event.clipboardData?.getData("text/plain") ?? "");
  if (!cells) return;
  event.preventDefault();
  const start = place(field);
  let beyond = 0;
  cells.forEach((line, down) => {
    line.forEach((text, right) => {
      const target = start.all[start.row + down]?.[start.column + right];
      if (target) write(target, text);
      else if (text) beyond += 1;
    });
  });
  // What the grid has no room for is told: nothing of a pasted block goes missing unseen.
  if (beyond) toast(words("beyond").replace("%s", beyond), "warning");
});

on("input", "[data-grid-cell]", (_event, field) => sum(field.closest("[data-grid]")));

on("keydown", "[data-grid-cell]", (event, field) => {
  const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const { all, row, column } = place(field);
  const next = all[row + step]?.[column];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
});

onLoad("[data-grid]", sum);
