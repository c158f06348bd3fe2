// The grid as a picture to take into a presentation: SVG as drawn here, PNG from it.
import { on } from "./lib.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDE, LEFT, TOP, LINE, PAD] = [210, 130, 96, 34, 8];
const TINTS = ["#fbe3e0", "#fdf0d9", "#f3f4f6", "#e4eefb", "#def3e8"];

function add(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function short(text, length) {
  const letters = [...text];
  return letters.length > length ? `${letters.slice(0, length - 1).join("")}…` : text;
}

function drawing(data) {
  const cells = new Map();
  for (const card of data.cards) {
    const key = `${card.influence}/${card.support}`;
    cells.set(key, [...(cells.get(key) ?? []), card]);
  }
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("xmlns", SVG);
  svg.setAttribute("font-family", "Inter, system-ui, 'Noto Sans CJK SC', sans-serif");
  let y = TOP;
  for (let influence = 5; influence >= 1; influence -= 1) {
    const counts = [-2, -1, 0, 1, 2].map((s) => (cells.get(`${influence}/${s}`) ?? []).length);
    const height = Math.max(2, ...counts) * LINE + 2 * PAD;
    for (let support = -2; support <= 2; support += 1) {
      const x = LEFT + (support + 2) * WIDE;
      const box = { x, y, width: WIDE, height, fill: TINTS[support + 2], stroke: "#c9ced6" };
      add(svg, "rect", box);
      (cells.get(`${influence}/${support}`) ?? []).forEach((card, place) => {
        const line = y + PAD + place * LINE + 14;
        const name = { x: x + 10, y: line, "font-size": 13, "font-weight": 600, fill: "#1d2433" };
        add(svg, "text", name, short(card.name, 26));
        const detail = { x: x + 10, y: line + 14, "font-size": 10.5, fill: "#535d6e" };
        add(svg, "text", detail, short(card.detail, 34));
      });
    }
    const label = { x: LEFT - 12, y: y + height / 2 + 4, "font-size": 12, fill: "#535d6e" };
    add(svg, "text", { ...label, "text-anchor": "end" }, data.y[influence - 1]);
    y += height;
  }
  data.x.forEach((text, place) => {
    const x = LEFT + place * WIDE + WIDE / 2;
    const label = { x, y: TOP - 14, "font-size": 12, fill: "#535d6e", "text-anchor": "middle" };
    add(svg, "text", label, text);
  });
  const [width, height] = [LEFT + 5 * WIDE + 24, y + 24];
  add(
    svg,
    "text",
    { x: 16, y: 34, "font-size": 18, "font-weight": 600, fill: "#1d2433" },
    data.title,
  );
  add(svg, "text", { x: 16, y: TOP - 14, "font-size": 12, fill: "#535d6e" }, `${data.up} ↑`);
  add(svg, "text", { x: 16, y: 58, "font-size": 12, fill: "#535d6e" }, `${data.across} →`);
  const back = add(svg, "rect", { x: 0, y: 0, width, height, fill: "#ffffff" });
  svg.prepend(back);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  return svg;
}

function save(blob, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `stakeholders.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

on("click", "[data-picture]", (_event, button) => {
  const board = document.querySelector("[data-picture-of]");
  if (!board) return;
  const svg = drawing(JSON.parse(board.dataset.pictureOf));
  const text = new XMLSerializer().serializeToString(svg);
  if (button.dataset.picture === "svg") {
    save(new Blob([text], { type: "image/svg+xml" }), "svg");
    return;
  }
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * svg.getAttribute("width");
    canvas.height = 2 * svg.getAttribute("height");
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, "png"), "image/png");
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
});
