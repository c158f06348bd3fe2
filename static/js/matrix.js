// The portfolio matrix: an account moves to another stage by dragging or by the arrow keys.
import { on } from "./lib.js";

let dragged = null;

function place(chip, value) {
  const matrix = chip.closest("[data-matrix]");
  if (!value || value === chip.dataset.at) return;
  const focus = chip.id;
  window.htmx
    .ajax("POST", chip.dataset.chip, {
      source: matrix,
      target: matrix,
      swap: "outerHTML",
      values: { value },
    })
    .then(() => document.getElementById(focus)?.focus({ preventScroll: true }));
}

on("dragstart", "[data-chip]", (event, chip) => {
  dragged = chip;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", chip.id);
  chip.classList.add("is-dragged");
});

on("dragend", "[data-chip]", (_event, chip) => {
  chip.classList.remove("is-dragged");
  for (const cell of document.querySelectorAll(".is-over")) cell.classList.remove("is-over");
  dragged = null;
});

/** Only within its own row: the score says the tier, people rate the stage. */
function takes(cell) {
  return dragged !== null && cell.closest("tr") === dragged.closest("tr");
}

on("dragover", "[data-stage]", (event, cell) => {
  if (!takes(cell)) return;
  event.preventDefault();
  cell.classList.add("is-over");
});

on("dragleave", "[data-stage]", (event, cell) => {
  if (!cell.contains(event.relatedTarget)) cell.classList.remove("is-over");
});

on("drop", "[data-stage]", (event, cell) => {
  if (!takes(cell)) return;
  event.preventDefault();
  place(dragged, cell.dataset.stage);
});

on("keydown", "[data-chip]", (event, chip) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const next = Number(chip.dataset.at) + step;
  if (next >= 1 && next <= 5) place(chip, String(next));
});
