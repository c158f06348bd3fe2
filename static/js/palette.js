// The command palette: Ctrl K or "/" opens it, arrows choose, Enter goes there.
import htmx from "htmx.org";
import { isCovered, isTyping } from "./lib.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-input");
const results = document.getElementById("palette-results");

function options() {
  return [...results.querySelectorAll("a[role=option]")];
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function chosen() {
  return results.querySelector("[aria-selected=true]");
}

function open(text = "") {
  if (dialog.open) return;
  input.value = text;
  dialog.showModal();
  input.focus();
  htmx.trigger(input, "palette:open");
}

function move(step) {
  const all = options();
  if (all.length === 0) return;
  const next = (all.indexOf(chosen()) + step + all.length) % all.length;
  choose(all[next]);
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    const letter = event.key.toLowerCase();
    const slash = event.key === "/" && !isTyping(event) && !isCovered();
    if ((letter === "k" && (event.ctrlKey || event.metaKey)) || slash) {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-palette-open]");
    if (opener) {
      event.preventDefault();
      open(opener.value ?? "");
    }
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("[data-palette-open]");
    if (box) {
      open(box.value);
      box.value = "";
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only be emptied
      dialog.close();
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    }
  });
  results.addEventListener("htmx:afterSwap", () => choose(options()[0]));
  results.addEventListener("mousemove", (event) =>
    choose(event.target.closest("a[role=option]") ?? chosen()),
  );
}
