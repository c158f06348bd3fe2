// Theme and density change at once and are remembered in a cookie, so that the server renders them.
import { on, setCookie } from "./lib.js";

const page = document.documentElement;

on("click", "[data-theme-form] button[name=theme]", (event, button) => {
  event.preventDefault();
  const theme = button.value;
  const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  page.dataset.theme = theme;
  page.dataset.bsTheme = theme === "auto" ? system : theme;
  setCookie("theme", theme);
  document.dispatchEvent(new CustomEvent("kam:theme"));
  button.closest("[popover]")?.hidePopover();
});

on("click", "[data-density]:not(html)", () => {
  const next = page.dataset.density === "compact" ? "normal" : "compact";
  page.dataset.density = next;
  setCookie("density", next);
});
