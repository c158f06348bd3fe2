// A field marked data-copy gets a button that copies it.
import { onLoad, words } from "./lib.js";
import { toast } from "./toast.js";

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    toast(words("copied"), "success");
  } catch {
    toast(words("copyByHand"), "info");
  }
}

onLoad("input[data-copy]", (field) => {
  if (field.closest(".copy-row")) return;
  const row = document.createElement("div");
  row.className = "copy-row";
  field.replaceWith(row);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = words("copy");
  button.addEventListener("click", () => copy(field));
  row.append(field, button);
});
