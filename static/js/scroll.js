// A box that scrolls sideways fades out on the side on which it goes on; see .goes-on.
import { onLoad } from "./lib.js";

const BOXES = ".table-scroll, .tabs";

function tell(box) {
  const hidden = box.scrollWidth - box.clientWidth - Math.abs(box.scrollLeft);
  box.classList.toggle("goes-on", hidden > 1);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) tell(target.closest(BOXES));
});

onLoad(BOXES, (box) => {
  sizes.observe(box);
  for (const child of box.children) sizes.observe(child);
  tell(box);
});
document.addEventListener(
  "scroll",
  ({ target }) => target instanceof Element && target.matches(BOXES) && tell(target),
  { capture: true, passive: true },
);
