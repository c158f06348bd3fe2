// The rail folds to icons and stays so.
import { on, setCookie, words } from "./lib.js";

const page = document.documentElement;

on("click", "[data-rail-fold]", (_event, button) => {
  const folded = page.dataset.rail === "folded";
  if (folded) delete page.dataset.rail;
  else page.dataset.rail = "folded";
  setCookie("rail", folded ? "open" : "folded");
  const label = words(folded ? "fold" : "unfold");
  button.setAttribute("aria-label", label);
  button.title = label;
});
