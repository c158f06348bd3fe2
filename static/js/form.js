// Forms: the focus goes to the first error, and leaving with unsaved input asks first.
import { on, onLoad } from "./lib.js";

const dirty = new Set();

onLoad("[data-form-errors]", (notice) => {
  const form = notice.closest("form");
  const first = form?.querySelector("[aria-invalid=true]:not([type=hidden])");
  (first ?? notice).focus();
});

onLoad("form[data-guard]", (form) => {
  form.addEventListener("input", () => dirty.add(form));
  form.addEventListener("submit", () => dirty.delete(form));
});

on("click", "[data-cancel]", (_event, link) => dirty.delete(link.closest("form")));

window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

// A second press on a button must not send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  setTimeout(() => delete form.dataset.sent, 5000);
});

// A file field says what was chosen and takes a dropped file.
for (const type of ["dragover", "drop"]) {
  on(type, "[data-drop]", (event, area) => {
    event.preventDefault();
    area.classList.toggle("is-over", type === "dragover");
    const input = area.querySelector("input[type=file]");
    if (type === "drop" && input && event.dataTransfer.files.length > 0) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
