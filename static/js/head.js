// Runs before the first paint: follow the system's theme, and say that scripts are there.
(() => {
  const page = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (page.dataset.theme === "auto") {
      page.dataset.bsTheme = dark.matches ? "dark" : "light";
      document.dispatchEvent(new CustomEvent("kam:theme"));
    }
  };
  page.classList.add("js");
  follow();
  dark.addEventListener("change", follow);
})();
