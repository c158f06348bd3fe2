// A date field takes typing in the locale's form; a button beside it opens the browser's calendar.
import { onLoad, words } from "./lib.js";

const PARTS = /yyyy|yy|mm|dd/g;

/** 2026-06-30 written like the pattern, for example dd.mm.yyyy. */
function write(iso, pattern) {
  const [year, month, day] = iso.split("-");
  const values = { yyyy: year, yy: year.slice(2), mm: month, dd: day };
  return pattern.replace(PARTS, (part) => values[part]);
}

/** What was typed as 2026-06-30, or nothing while it is not a date of the pattern. */
export function read(text, pattern) {
  const names = pattern.match(PARTS) ?? [];
  const numbers = text.match(/\d+/g) ?? [];
  if (names.length !== 3 || numbers.length !== 3) return "";
  const found = Object.fromEntries(names.map((name, index) => [name, numbers[index]]));
  const year = found.yyyy ?? `20${found.yy}`;
  const iso = `${year.padStart(4, "0")}-${found.mm?.padStart(2, "0")}-${found.dd?.padStart(2, "0")}`;
  return Number.isNaN(Date.parse(iso)) ? "" : iso;
}

onLoad("input[data-date]", (field) => {
  const pattern = field.dataset.date;
  if (!pattern || field.disabled || field.closest(".date-row")) return;
  const row = document.createElement("div");
  row.className = "date-row";
  field.replaceWith(row);
  const calendar = document.createElement("input");
  calendar.type = "date";
  calendar.className = "date-picker";
  calendar.setAttribute("aria-label", words("calendar"));
  calendar.addEventListener("focus", () => {
    calendar.value = read(field.value, pattern);
  });
  calendar.addEventListener("change", () => {
    if (!calendar.value) return;
    field.value = write(calendar.value, pattern);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  row.append(field, calendar);
});
