// A message in passing. The live region reads it aloud; errors stay until dismissed.
import { words } from "./lib.js";

const STAY = 6000;
const ICONS = {
  success: "circle-check",
  info: "info-circle",
  warning: "alert-triangle",
  danger: "alert-octagon",
};
// icons: circle-check info-circle alert-triangle alert-octagon x

function sprite() {
  return document.querySelector("use")?.getAttribute("href")?.split("#")[0] ?? "";
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite()}#${name}`);
  svg.append(use);
  return svg;
}

export function toast(text, level = "info") {
  const box = document.getElementById("toasts");
  if (!box) return;
  const note = document.createElement("div");
  note.className = `toast-note is-${level}`;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-quiet";
  close.setAttribute("aria-label", words("close"));
  close.append(icon("x"));
  close.addEventListener("click", () => note.remove());
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  note.append(icon(ICONS[level] ?? ICONS.info), paragraph, close);
  for (const old of box.children) {
    if (old.textContent === note.textContent) old.remove();
  }
  box.append(note);
  if (level !== "danger") setTimeout(() => note.remove(), STAY);
}

document.addEventListener("kam:toast", (event) => toast(event.detail.text, event.detail.level));
