// Links marked data-confirm open in a dialog, those marked data-side-panel in the panel at the side.
import htmx from "htmx.org";
import { on } from "./lib.js";

function open(event, link, dialog, body) {
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  link.closest("[popover]")?.hidePopover();
  htmx.ajax("GET", link.href, { target: body, swap: "innerHTML", source: body }).then(() => {
    if (body.childElementCount > 0 && !dialog.open) dialog.showModal();
  });
}

on("click", "a[data-confirm]", (event, link) => {
  open(event, link, document.getElementById("dialog"), document.getElementById("dialog-body"));
});

on("click", "a[data-side-panel]", (event, link) => {
  open(
    event,
    link,
    document.getElementById("side-panel"),
    document.getElementById("side-panel-body"),
  );
});

function closeAll() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

on("click", "dialog [data-close]", (event) => {
  event.preventDefault();
  closeAll();
});
document.addEventListener("kam:close", closeAll);

// A click on the ground beside a dialog closes it.
document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement) event.target.close();
});

document.addEventListener(
  "close",
  (event) => {
    const body = event.target.querySelector?.("#dialog-body, #side-panel-body");
    if (body) body.replaceChildren();
  },
  true,
);
