// Panels load when they are opened, remember that they were and where somebody put them, and open
// when the address names them.
import htmx from "htmx.org";
import { on, onLoad } from "./lib.js";

function memory(panel) {
  return `kam:${panel.id}`;
}

function load(panel) {
  const body = panel.querySelector("[hx-get]");
  if (body) htmx.trigger(body, "panel:open");
}

onLoad("details[data-panel]", (panel) => {
  const kept = window.localStorage.getItem(memory(panel));
  if (kept) panel.open = kept === "open";
  if (window.location.hash === `#${panel.id}`) panel.open = true;
  if (panel.open) load(panel);
  panel.addEventListener("toggle", () => {
    window.localStorage.setItem(memory(panel), panel.open ? "open" : "shut");
    if (panel.open) load(panel);
  });
});

window.addEventListener("hashchange", () => {
  const panel = document.getElementById(window.location.hash.slice(1));
  if (panel?.matches("details[data-panel]")) panel.open = true;
});

const ORDER = "kam:panels";

function inOrder(elements, idOf, wanted) {
  const places = new Map(wanted.map((id, place) => [id, place]));
  const last = wanted.length;
  return [...elements].sort(
    (one, other) => (places.get(idOf(one)) ?? last) - (places.get(idOf(other)) ?? last),
  );
}

function arrange(list, wanted) {
  const panels = document.querySelector(".panels");
  list.append(...inOrder(list.children, (line) => line.dataset.of, wanted));
  panels.append(...inOrder(panels.children, (panel) => panel.id, wanted));
}

onLoad("[data-arrange]", (button) => {
  const list = document.getElementById("panels-order").querySelector("ol");
  button.hidden = false;
  arrange(list, JSON.parse(window.localStorage.getItem(ORDER) ?? "[]"));
});

on("click", "[data-step]", (_event, step) => {
  const list = step.closest("ol");
  const lines = [...list.children];
  const from = lines.indexOf(step.closest("li"));
  const to = from + Number(step.dataset.step);
  if (to < 0 || to >= lines.length) return;
  lines.splice(to, 0, ...lines.splice(from, 1));
  const wanted = lines.map((line) => line.dataset.of);
  window.localStorage.setItem(ORDER, JSON.stringify(wanted));
  arrange(list, wanted);
  step.focus();
});
