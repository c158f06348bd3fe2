// The board of opportunities: one moves to another stage by dragging or by the arrow keys.
import { on } from "./lib.js";

let dragged = null;

function lanes() {
  return [...document.querySelectorAll("[data-lane]")];
}

/** Losing needs a reason: the form opens; any other step is made at once. */
function move(deal, lane) {
  const stage = lane.dataset.lane;
  if (stage === deal.dataset.at) return;
  const form = deal.querySelector("[data-deal-form]");
  if (lane.dataset.asks !== undefined && form) {
    form.href = `${form.dataset.dealForm}?to=${stage}`;
    form.click();
    return;
  }
  const board = deal.closest("[data-pipeline]");
  const focus = deal.id;
  window.htmx
    .ajax("POST", `${deal.dataset.deal}${window.location.search}`, {
      source: board,
      target: board,
      swap: "outerHTML",
      values: { stage },
    })
    .then(() => document.getElementById(focus)?.focus({ preventScroll: true }));
}

on("dragstart", "[data-deal]", (event, deal) => {
  dragged = deal;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", deal.id);
  deal.classList.add("is-dragged");
});

on("dragend", "[data-deal]", (_event, deal) => {
  deal.classList.remove("is-dragged");
  for (const lane of lanes()) lane.classList.remove("is-over");
  dragged = null;
});

on("dragover", "[data-lane]", (event, lane) => {
  if (!dragged) return;
  event.preventDefault();
  lane.classList.add("is-over");
});

on("dragleave", "[data-lane]", (event, lane) => {
  if (!lane.contains(event.relatedTarget)) lane.classList.remove("is-over");
});

on("drop", "[data-lane]", (event, lane) => {
  if (!dragged) return;
  event.preventDefault();
  move(dragged, lane);
});

on("keydown", "[data-deal]", (event, deal) => {
  if (event.target !== deal) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const all = lanes();
  const next = all[all.findIndex((lane) => lane.dataset.lane === deal.dataset.at) + step];
  if (next) move(deal, next);
});
