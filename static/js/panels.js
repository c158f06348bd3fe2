// Panels load when they are opened, remember that they were, and open when the address names them.
import htmx from "htmx.org";
import { onLoad } from "./lib.js";

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
