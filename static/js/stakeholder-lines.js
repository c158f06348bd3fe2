// Informal lines over the grid and the org chart, from card to card: influence has an arrow,
// conflict is dashed. The list beside says the same in words.
import { onLoad } from "./lib.js";

const SVG = "http://www.w3.org/2000/svg";

function middle(card, frame) {
  const box = card.getBoundingClientRect();
  return [box.left + box.width / 2 - frame.left, box.top + box.height / 2 - frame.top];
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function arrow() {
  const marker = make("marker", {
    id: "line-arrow",
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: "auto",
  });
  marker.append(make("path", { d: "M0 0 8 4 0 8z", class: "line-arrow" }));
  const defs = make("defs", {});
  defs.append(marker);
  return defs;
}

function path([x1, y1], [x2, y2], bend) {
  const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [cx, cy] = [mx - ((y2 - y1) / length) * bend, my + ((x2 - x1) / length) * bend];
  const cut = Math.min(26, length / 3) / length;
  const end = [x2 - (x2 - cx) * cut, y2 - (y2 - cy) * cut];
  return `M${x1} ${y1}Q${cx} ${cy} ${end[0]} ${end[1]}`;
}

// In the org chart lines run outside the cards: from right edge to right edge.
function aside(from, to, frame) {
  const [one, two] = [from.getBoundingClientRect(), to.getBoundingClientRect()];
  const [x1, y1] = [one.right - frame.left, one.top + one.height / 2 - frame.top];
  const [x2, y2] = [two.right - frame.left + 3, two.top + two.height / 2 - frame.top];
  const out = Math.max(x1, x2) + 28 + Math.min(Math.abs(y2 - y1) / 12, 40);
  return `M${x1} ${y1 + 6}C${out} ${y1} ${out} ${y2} ${x2} ${y2}`;
}

function draw(svg, lines) {
  const holder = svg.parentElement;
  const content = holder.firstElementChild;
  const frame = content.getBoundingClientRect();
  const isChart = content.matches(".org-chart");
  svg.setAttribute("width", content.scrollWidth);
  svg.setAttribute("height", content.scrollHeight);
  svg.replaceChildren(arrow());
  for (const line of lines) {
    const from = holder.querySelector(`[data-card="${line.from}"]`);
    const to = holder.querySelector(`[data-card="${line.to}"]`);
    if (!from || !to) continue;
    const shape = make("path", {
      d: isChart ? aside(from, to, frame) : path(middle(from, frame), middle(to, frame), 24),
      class: `line-path is-${line.kind} is-strength${line.strength}`,
    });
    if (line.kind === "influence") shape.setAttribute("marker-end", "url(#line-arrow)");
    svg.append(shape);
  }
}

onLoad("svg[data-lines]", (svg) => {
  const lines = JSON.parse(svg.dataset.lines || "[]");
  svg.dataset.lines = "[]"; // seen: a part that htmx brings is visited twice
  if (!lines.length) return;
  const again = () => draw(svg, lines);
  new ResizeObserver(again).observe(svg.parentElement.firstElementChild);
  again();
});
