// Menus and explanations are native popovers; this puts them beside the button that opened them.
const GAP = 4;
const EDGE = 8;
const openers = new WeakMap();

function place(menu, button) {
  const anchor = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const fromEnd = menu.dataset.place !== "bottom-start";
  const left = fromEnd ? anchor.right - width : anchor.left;
  const below = anchor.bottom + GAP;
  const fits = below + height <= window.innerHeight - EDGE;
  const top = fits ? below : Math.max(EDGE, anchor.top - GAP - height);
  menu.style.left = `${Math.min(Math.max(EDGE, left), window.innerWidth - width - EDGE)}px`;
  menu.style.top = `${top}px`;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[popovertarget]");
  const menu = button && document.getElementById(button.getAttribute("popovertarget"));
  if (menu) openers.set(menu, button);
});

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLElement) || !menu.hasAttribute("popover")) return;
    const button = openers.get(menu);
    if (event.newState === "open" && button?.isConnected) {
      menu.classList.add("is-placed");
      place(menu, button);
      menu
        .querySelector("input:not([type=hidden]), select, .menu-item")
        ?.focus({ focusVisible: false });
    }
  },
  true,
);

// Arrow keys walk through a menu.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = event.target.closest?.(".menu");
  const items = menu ? [...menu.querySelectorAll(".menu-item")] : [];
  const here = items.indexOf(event.target.closest(".menu-item"));
  if (here < 0) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(here + step + items.length) % items.length].focus();
});

window.addEventListener("resize", () => {
  for (const menu of document.querySelectorAll("[popover]:popover-open")) {
    const button = openers.get(menu);
    if (button?.isConnected) place(menu, button);
  }
});
