// Logging a contact: chips that follow one another, rows of notes, and a draft while typing.
import { on, onLoad } from "./lib.js";

const WAIT = 1500;

onLoad("form[data-log-form]", (form) => {
  if (form.dataset.ready) return;
  form.dataset.ready = "1";
  direction(form);
  durations(form);
  people(form);
  notes(form);
  drafts(form);
});

/** The usual direction of a kind is chosen until somebody chooses another. */
function direction(form) {
  let touched = false;
  form.addEventListener("change", (event) => {
    if (event.target.name === "direction") touched = true;
    if (event.target.name !== "kind" || touched) return;
    const usual = form.querySelector(
      `input[name=direction][value="${event.target.dataset.direction}"]`,
    );
    if (usual) usual.checked = true;
  });
}

function durations(form) {
  const list = form.querySelector("[data-durations]");
  const field = form.querySelector("input[name=minutes]");
  if (!list || !field) return;
  list.hidden = false;
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-minutes]");
    if (!button) return;
    field.value = button.dataset.minutes;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Those spoken to last stand first; the rest is found by name. */
function people(form) {
  const find = form.querySelector("[data-people-find]");
  const taps = [...form.querySelectorAll(".person-tap")];
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const show = () => {
    const typed = plain(find?.value.trim() ?? "");
    for (const tap of taps) {
      const chosen = tap.querySelector("input").checked;
      const named = typed ? plain(tap.dataset.name).includes(typed) : !("later" in tap.dataset);
      tap.hidden = find !== null && !chosen && !named;
    }
  };
  find?.addEventListener("input", show);
  find?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = taps.find((tap) => !tap.hidden && !tap.querySelector("input").checked);
    if (first && find.value) {
      first.querySelector("input").click();
      find.value = "";
    }
    show();
  });
  show();
}

function notes(form) {
  const rows = form.querySelector("[data-note-rows]");
  const template = form.querySelector("[data-note-template]");
  const add = form.querySelector("[data-note-add]");
  if (!rows || !template || !add) return;
  for (const row of rows.children) fit(row);
  rows.addEventListener("change", (event) => {
    if (event.target.matches("[data-note-kind]")) fit(event.target.closest("[data-note-row]"));
  });
  add.addEventListener("click", (event) => {
    event.preventDefault();
    const number = rows.children.length;
    const part = template.content.cloneNode(true);
    for (const field of part.querySelectorAll("[name]")) {
      field.name = field.name.replace("note-N-", `note-${number}-`);
    }
    rows.append(part);
    fit(rows.lastElementChild);
    rows.lastElementChild.querySelector("textarea").focus();
  });
}

/** Only what the kind of a note asks for. */
function fit(row) {
  const kind = row.querySelector("[data-note-kind]").value;
  for (const part of row.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(kind);
  }
}

function drafts(form) {
  const url = form.dataset.draftUrl;
  if (!url) return;
  const state = form.querySelector("[data-draft-state]");
  const button = form.querySelector("[data-draft-button]");
  if (button) button.hidden = true;
  let timer = 0;
  let sent = false;
  const save = async () => {
    if (sent) return;
    const data = new FormData(form);
    data.delete("files");
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: data,
        headers: { "X-Requested-With": "fetch" },
        keepalive: true,
      });
      if (answer.ok && state && !sent) state.textContent = state.dataset.saved;
    } catch {
      if (button) button.hidden = false;
    }
  };
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, WAIT);
  });
  form.addEventListener("submit", () => {
    sent = true;
    window.clearTimeout(timer);
  });
}

// A person found by the search stays in sight once chosen.
on("change", ".person-tap input", (_event, box) => {
  box.closest(".person-tap").hidden = false;
});
