// The grid of a stakeholder map: cards are put elsewhere by pointer or by arrow keys and Enter.
// Each move is posted as a rating; the answer is the whole board, on which the card keeps the focus.
import htmx from "htmx.org";
import { on, onLoad } from "./lib.js";

const CARD = ".stakeholder-board [data-place-url]";
const STEPS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
const NEAR = 6;
let pending = null; // a card moved by keys and not yet recorded, with where it came from
let drag = null;
let moving = false; // a card leaves its place by a key just now, so it loses the focus for a moment

function cellAt(board, influence, support) {
  return board.querySelector(
    `[data-cell][data-influence="${influence}"][data-support="${support}"]`,
  );
}

function record(card, cell) {
  const board = card.closest("[data-stakeholders]");
  board.dataset.focus = card.dataset.card;
  card.classList.add("is-saving");
  htmx.ajax("POST", card.dataset.placeUrl, {
    target: board,
    swap: "outerHTML",
    values: { influence: cell.dataset.influence, support: cell.dataset.support },
  });
}

function takeBack() {
  if (!pending) return;
  const { card, home, next } = pending;
  pending = null; // first: moving the card makes it lose the focus
  card.classList.remove("is-pending");
  home.insertBefore(card, next);
}

function start(card) {
  return { card, home: card.parentElement, next: card.nextSibling };
}

on("keydown", CARD, (event, card) => {
  if (event.target !== card || !card.querySelector(".person-card-grip")) return;
  if (event.key === "Escape" && pending) {
    takeBack();
    card.focus();
    return;
  }
  if (event.key === "Enter" && pending?.card === card) {
    event.preventDefault();
    card.classList.remove("is-pending");
    const cell = card.closest("[data-cell]");
    pending = null;
    record(card, cell);
    return;
  }
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const here = card.closest("[data-cell]");
  const board = card.closest("[data-stakeholders]");
  const [influence, support] = here
    ? [Number(here.dataset.influence) + step[0], Number(here.dataset.support) + step[1]]
    : [3, 0];
  const cell = cellAt(board, influence, support);
  if (!cell) return;
  if (pending?.card !== card) {
    takeBack();
    pending = start(card);
  }
  moving = true;
  cell.append(card);
  card.classList.add("is-pending");
  card.focus();
  moving = false;
});

document.addEventListener("focusout", (event) => {
  if (!moving && pending && event.target === pending.card) takeBack();
});

on("pointerdown", CARD, (event, card) => {
  if (!card.querySelector(".person-card-grip") || event.button !== 0) return;
  if (event.target.closest(".person-card-rate")) return;
  if (event.pointerType !== "mouse" && !event.target.closest(".person-card-grip")) return;
  drag = { card, x: event.clientX, y: event.clientY, on: false, cell: null, id: event.pointerId };
});

document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.id) return;
  const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.on && Math.hypot(dx, dy) < NEAR) return;
  if (!drag.on) {
    drag.on = true;
    takeBack();
    drag.card.setPointerCapture(drag.id);
    drag.card.classList.add("is-dragging");
  }
  drag.card.style.transform = `translate(${dx}px, ${dy}px)`;
  const below = document.elementFromPoint(event.clientX, event.clientY);
  const cell = below?.closest("[data-cell]") ?? null;
  if (cell !== drag.cell) {
    drag.cell?.classList.remove("is-over");
    cell?.classList.add("is-over");
    drag.cell = cell;
  }
});

function drop(event) {
  if (!drag || event.pointerId !== drag.id) return;
  const { card, cell, on: moved } = drag;
  drag = null;
  cell?.classList.remove("is-over");
  card.classList.remove("is-dragging");
  card.style.transform = "";
  if (!moved) return;
  const swallow = (click) => {
    click.preventDefault();
    click.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 0);
  if (event.type !== "pointerup" || !cell || cell === card.closest("[data-cell]")) return;
  cell.append(card);
  record(card, cell);
}
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(CARD)) event.preventDefault();
});

// The board that comes back has the same card in focus.
let focused = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  focused = event.detail.target?.dataset?.focus ?? focused;
});
onLoad("[data-stakeholders]", (board) => {
  if (!focused) return;
  board.querySelector(`[data-card="${focused}"]`)?.focus({ preventScroll: true });
  focused = null;
});
