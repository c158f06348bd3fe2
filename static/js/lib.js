// Small helpers that several modules share.
const YEAR = 365 * 24 * 3600;

/** Run for the page as it stands and for every part that htmx brings later: twice for some. */
export function onLoad(selector, callback) {
  const visit = (root) => {
    if (root.matches?.(selector)) callback(root);
    for (const element of root.querySelectorAll(selector)) callback(element);
  };
  visit(document.documentElement);
  document.addEventListener("htmx:load", (event) => visit(event.detail.elt));
}

/** Listen once on the document for events on elements that match. */
export function on(type, selector, callback) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) callback(event, element);
  });
}

export function setCookie(name, value) {
  const secure = window.location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is not everywhere yet
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; SameSite=Lax${secure}`;
}

/** A number as it is typed, for sums alone: the server reads it and refuses what is unclear. */
export function numberOf(text, sign) {
  const points = text.split(".").length - 1;
  const commas = text.split(",").length - 1;
  const last = text.lastIndexOf(".") > text.lastIndexOf(",") ? "." : ",";
  const lone = points > 1 ? "," : commas > 1 ? "." : commas ? "," : ".";
  const mark = sign ?? (points && commas ? last : lone);
  const grouping = mark === "," ? /[.\s'’]/g : /[,\s'’]/g;
  return Number(text.replace(grouping, "").replace(mark, ".").replace("−", "-"));
}

/** A text of the page's language; see components/script_words.html. */
export function words(name) {
  return document.getElementById("script-words")?.dataset[name] ?? name;
}

/** Whether keys typed now belong to a field. */
export function isTyping(event) {
  const element = event.target;
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

/** Whether a dialog or menu lies over the page, so that the page's own keys rest. */
export function isCovered() {
  return document.querySelector("dialog[open], [popover]:popover-open") !== null;
}
