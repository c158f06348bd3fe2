// A request that fails says so in plain words; what stood on the page stays.
import { words } from "./lib.js";
import { toast } from "./toast.js";

const BY_STATUS = {
  401: "expired",
  403: "refused",
  404: "missing",
  409: "busy",
  429: "busy",
  503: "busy",
};

document.addEventListener("htmx:responseError", (event) => {
  toast(words(BY_STATUS[event.detail.xhr.status] ?? "broken"), "danger");
});
document.addEventListener("htmx:sendError", () => toast(words("offline"), "danger"));
document.addEventListener("htmx:timeout", () => toast(words("slow"), "danger"));

// A sign-in page in the place of a part means that the session has ended.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (
    xhr.status === 200 &&
    /^\s*<!doctype/i.test(xhr.responseText) &&
    !event.detail.elt.matches("[data-tab]")
  ) {
    event.detail.shouldSwap = false;
    window.location.assign(
      xhr.responseURL.includes("next=") ? window.location.href : xhr.responseURL,
    );
  }
});
