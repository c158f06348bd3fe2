// What is begun from any page by one key: the link says which (data-press).
import { isCovered, isTyping } from "./lib.js";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event) || isCovered() || event.defaultPrevented) return;
  const key = event.key.toLowerCase();
  if (!/^[a-z]$/.test(key)) return;
  const link = document.querySelector(`a[data-press="${key}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
