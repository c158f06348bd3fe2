// Charts are a large script of their own: fetched only where a page has one.
import { onLoad } from "./lib.js";

onLoad("[data-chart]", async (card) => {
  const { draw } = await import("./chart.js");
  draw(card);
});
