// htmx and what every request of it carries. Its settings stand in base.html (htmx-config).
import htmx from "htmx.org";

window.htmx = htmx;

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});

// The address of a filtered table names only the filters in use.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, formData, elt } = event.detail;
  if (verb !== "get" || !elt.matches("form[id$=-filters]")) return;
  for (const [name, value] of [...formData]) {
    if (value === "" && formData.getAll(name).length === 1) formData.delete(name);
  }
});

// A region that was replaced keeps the focus: on the same link, else on the region.
let focused = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const active = document.activeElement;
  focused = event.detail.target?.contains(active) ? (active.getAttribute("href") ?? "") : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (focused === null || document.activeElement !== document.body) return;
  const region = event.detail.elt;
  const href = focused.split("?")[0];
  const same = [...region.querySelectorAll("a[href]")].find(
    (link) => link.getAttribute("href") === focused,
  );
  const place =
    same ?? (href || focused === "" ? region.querySelector(".table-scroll, h1, h2") : null);
  place?.focus?.({ preventScroll: true });
  focused = null;
});

// A form that stood in the room of a list and was saved is gone: that room stays in sight.
let written = "";
document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = event.detail.requestConfig?.elt;
  written = (asked?.matches?.("form") && asked.closest(".work-slot")?.id) || "";
});
document.addEventListener("htmx:afterSettle", () => {
  const room = written && document.getElementById(written);
  written = "";
  room?.scrollIntoView?.({ block: "nearest" });
});
