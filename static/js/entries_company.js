// The company's page: rows of shareholders and their sum on the spot, and only what concerns a
// registered company. Saving is entries_part.js's. Without this script the buttons send the form.
import { addRow, countRows, removeRow, renumber, rowsOf } from "./rows.js";

const PREFIX = "shareholders";
const form = document.querySelector("#company-form");
const list = form.querySelector("[data-rows]");
const blank = form.querySelector("[data-blank]");

function settle() {
  renumber(list, PREFIX);
  rowsOf(list).forEach((row, at) => (row.querySelector("[data-remove-row]").value = `shareholder-remove-${at}`));
  form.querySelector("[data-rows-empty]").hidden = rowsOf(list).length > 0;
}

const narrow = (text) => text.normalize("NFKC").replace(/[\s%]/g, "");

// A share in percent: 33.4, or 1/3 of the whole; null for anything else.
function percent(text) {
  const typed = narrow(text);
  const part = typed.match(/^(\d{1,6})\/(\d{1,6})$/);
  if (part && Number(part[2])) return (100 * Number(part[1])) / Number(part[2]);
  return /^\d{1,3}(\.\d{1,6})?$/.test(typed) ? Number(typed) : null;
}

function addUp() {
  const shares = [...list.querySelectorAll('[name$="-share"]')].map((field) => percent(field.value));
  const known = shares.filter((share) => share !== null);
  const total = Math.round(known.reduce((sum, share) => sum + share, 0) * 100) / 100;
  const place = form.querySelector("[data-share-total]");
  const isOver = total > 100;
  place.textContent = known.length ? (isOver ? form.dataset.totalOver : form.dataset.total).replace("{n}", total) : "";
  place.classList.toggle("holders__total--over", isOver);
}

// One question first; the rest follows from a yes, or shows what was typed before.
function showParts() {
  const chosen = form.querySelector('[name="is_registered"]:checked')?.value;
  const parts = form.querySelector("[data-when-registered]");
  const isTyped = [...parts.querySelectorAll("input")].some((field) => field.value.trim());
  parts.hidden = chosen === "no" || (chosen !== "yes" && !isTyped);
}

const announce = (pattern) => {
  form.querySelector("[data-announce]").textContent = pattern.replace("{n}", rowsOf(list).length);
};

form.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add-row]");
  const remover = event.target.closest("[data-remove-row]");
  if (!adder && !remover) return;
  event.preventDefault();
  if (adder) {
    addRow(list, blank, PREFIX).querySelector("input").focus();
    settle();
    announce(form.dataset.added);
    return; // an empty row is nothing to save
  }
  removeRow(remover.closest("[data-row]"), form.querySelector("[data-add-row]"));
  settle();
  announce(form.dataset.removed);
  addUp();
  form.dispatchEvent(new CustomEvent("part:changed"));
});
form.addEventListener("input", () => {
  addUp();
  showParts();
});
form.addEventListener("part:fill", ({ detail }) => {
  const count = countRows(detail, PREFIX);
  while (rowsOf(list).length > count) rowsOf(list).at(-1).remove();
  while (rowsOf(list).length < count) addRow(list, blank, PREFIX);
  settle();
});
settle();
addUp();
showParts();
await import("./entries_part.js"); // after the listeners, so that what was kept finds its rows
