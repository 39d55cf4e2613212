// Members and advisers: adding, moving and removing rows on the spot. Without this script the
// same buttons send the form and the server does it.
import * as rows from "./rows.js";

export const { rowsOf } = rows;

function renumber(list) {
  rows.renumber(list, `${list.dataset.rows}s`);
  const all = rowsOf(list);
  const floor = all[0]?.hasAttribute("data-fixed") ? 1 : 0;
  all.forEach((row, at) => {
    for (const button of row.querySelectorAll("[data-move]")) {
      button.value = `${list.dataset.rows}-${button.dataset.move}-${at}`;
      const stuck = { up: at <= floor, down: at === all.length - 1 }[button.dataset.move] ?? false;
      button.toggleAttribute("disabled", stuck);
    }
  });
}

export function addRow(form, part) {
  const list = form.querySelector(`[data-rows="${part}"]`);
  const row = rows.addRow(list, form.querySelector(`[data-blank="${part}"]`), `${part}s`);
  renumber(list);
  const school = row.querySelector("select");
  if (school) school.value = form.elements.namedItem("university_id").value; // most often the same
  return row;
}

// Bring the rows to this order: a key for each, empty for a new one.
export function setRows(form, part, ids) {
  const list = form.querySelector(`[data-rows="${part}"]`);
  const free = rowsOf(list);
  const idOf = (row) => row.querySelector('input[name$="-id"]')?.value ?? "";
  const found = ids.map((id) => {
    const at = id ? free.findIndex((row) => idOf(row) === id) : -1;
    return at < 0 ? null : free.splice(at, 1)[0];
  });
  // a row that shows a confirmed member's own words is nobody else's
  const spare = free.filter((row) => row.dataset.state !== "confirmed");
  list.replaceChildren(...found.map((row) => row ?? spare.shift() ?? addRow(form, part)));
  renumber(list);
}

function move(row, where) {
  const list = row.parentElement;
  const all = rowsOf(list);
  const at = all.indexOf(row);
  if (where === "up" && at > 0 && !all[at - 1].hasAttribute("data-fixed")) all[at - 1].before(row);
  if (where === "down" && at < all.length - 1) all[at + 1].after(row);
  renumber(list);
  return rowsOf(list).indexOf(row);
}

// By mouse or finger; the buttons of a row do the same by keyboard.
function startDragging(list, moved) {
  if (!window.Sortable) return;
  const showGrips = () => list.querySelectorAll("[data-grip]").forEach((grip) => (grip.hidden = false));
  showGrips();
  new MutationObserver(showGrips).observe(list, { childList: true });
  window.Sortable.create(list, {
    handle: "[data-grip]",
    draggable: "[data-row]:not([data-fixed])",
    animation: 150,
    ghostClass: "row-card--ghost",
    onEnd: ({ item, oldIndex, newIndex }) => {
      if (oldIndex === newIndex) return;
      renumber(list);
      moved(rowsOf(list).indexOf(item));
    },
  });
}

export function startRows(form, changed) {
  const announce = (pattern, n) => {
    const place = form.querySelector("[data-announce]");
    if (place) place.textContent = pattern.replace("{n}", n);
  };
  for (const list of form.querySelectorAll("[data-rows]")) {
    renumber(list);
    startDragging(list, (at) => {
      announce(form.dataset.moved, at + 1);
      changed();
    });
  }
  form.addEventListener("click", (event) => {
    const adder = event.target.closest("[data-add]");
    const mover = event.target.closest("[data-move]");
    if (!adder && !mover) return;
    event.preventDefault();
    if (adder) {
      const row = addRow(form, adder.dataset.add);
      row.querySelector("input:not([type=hidden])").focus();
      announce(form.dataset.added, rowsOf(row.parentElement).length);
    } else {
      const row = mover.closest("[data-row]");
      const list = row.parentElement;
      if (mover.dataset.move === "remove") {
        rows.removeRow(row, form.querySelector(`[data-add="${list.dataset.rows}"]`));
        renumber(list);
        announce(form.dataset.removed, rowsOf(list).length);
      } else {
        const at = move(row, mover.dataset.move);
        const target = mover.disabled ? row.querySelector("[data-move]:not([disabled])") : mover;
        target?.focus();
        announce(form.dataset.moved, at + 1);
      }
    }
    changed();
  });
}
