// The calendar: a meeting moves to another day by dragging it there or by the arrow keys.
import { on } from "./lib.js";

const FAR = 5; // pixels: less is a click
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

let held = null; // { item, x, y, ghost, over }
let wasDragged = false; // the click that ends a drag opens nothing

function dayOf(element) {
  return element?.closest?.("[data-day]") ?? null;
}

/** Move to a day, and keep the focus on the meeting where the page shows it again. */
function move(item, day) {
  const calendar = item.closest("[data-calendar]");
  const focus = item.id.replace(/-\d+$/, "");
  window.htmx
    .ajax("POST", `${item.dataset.move}${window.location.search}`, {
      source: calendar,
      target: calendar,
      swap: "outerHTML",
      values: { to_day: day },
    })
    .then(() => document.querySelector(`[id^="${focus}-"]`)?.focus({ preventScroll: true }));
}

function later(day, days) {
  const moment = new Date(`${day}T12:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

function mark(day) {
  if (held.over === day) return;
  held.over?.classList.remove("is-over");
  day?.classList.add("is-over");
  held.over = day;
}

function letGo() {
  if (!held) return;
  held.over?.classList.remove("is-over");
  held.item.classList.remove("is-dragged");
  held.ghost?.remove();
  held = null;
}

function lift(event) {
  const ghost = held.item.cloneNode(true);
  ghost.removeAttribute("id");
  ghost.setAttribute("aria-hidden", "true");
  ghost.classList.add("is-ghost");
  ghost.style.width = `${held.item.offsetWidth}px`;
  document.body.append(ghost);
  held.ghost = ghost;
  held.item.classList.add("is-dragged");
  held.item.setPointerCapture?.(event.pointerId);
}

on("pointerdown", "[data-move]", (event, item) => {
  if (event.button !== 0 || event.pointerType === "touch") return;
  held = { item, x: event.clientX, y: event.clientY, ghost: null, over: null };
});

document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const far = Math.hypot(event.clientX - held.x, event.clientY - held.y);
  if (!held.ghost && far < FAR) return;
  if (!held.ghost) lift(event);
  held.ghost.style.left = `${event.clientX + 8}px`;
  held.ghost.style.top = `${event.clientY + 8}px`;
  mark(dayOf(document.elementFromPoint(event.clientX, event.clientY)));
});

document.addEventListener("pointerup", () => {
  if (!held) return;
  const { item, ghost, over } = held;
  letGo();
  if (!ghost) return;
  wasDragged = true;
  setTimeout(() => (wasDragged = false), 0);
  if (over && over !== dayOf(item)) move(item, over.dataset.day);
});

on("click", "[data-move]", (event) => {
  if (wasDragged) event.preventDefault();
});

document.addEventListener("pointercancel", letGo);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") letGo();
});

on("keydown", "[data-move]", (event, item) => {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  move(item, later(dayOf(item).dataset.day, step));
});
