// Colours of the charts, taken from the page's tokens so that they follow the theme.
const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Any CSS colour as #rrggbb: the chart library does not read oklch() or light-dark(). */
function hex(color) {
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function token(sample, name) {
  sample.style.color = `var(${name})`;
  return hex(getComputedStyle(sample).color);
}

export function tokens() {
  const sample = document.createElement("span");
  sample.hidden = true;
  document.body.append(sample);
  const found = {
    ink: token(sample, "--kam-ink"),
    quiet: token(sample, "--kam-ink-2"),
    line: token(sample, "--kam-line"),
    surface: token(sample, "--kam-surface"),
    accent: token(sample, "--kam-accent"),
    palette: [1, 2, 3, 4, 5, 6, 7, 8].map((index) => token(sample, `--kam-chart-${index}`)),
    ages: [0, 1, 2, 3, 4, "none"].map((age) => token(sample, `--kam-age-${age}`)),
    font: getComputedStyle(document.body).fontFamily,
    still: window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
  sample.remove();
  return found;
}
