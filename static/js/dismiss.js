// A notice can be put away.
import { on } from "./lib.js";

on("click", "[data-dismiss]", (_event, button) => button.closest(".notice")?.remove());
