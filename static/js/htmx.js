// htmx and what every request of it carries. Its settings stand in base.html (htmx-config).
import htmx from "htmx.org";

window.htmx = htmx;

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
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
