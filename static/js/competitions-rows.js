// Lists inside a form: add, remove and move rows with buttons. The order of the page is the order
// that is sent, so after each change the rows' names are numbered anew.
const NUMBERED = ["name", "id", "for", "aria-describedby", "data-counter"];

function renumber(list) {
  const prefix = list.dataset.rows;
  const pattern = new RegExp(`${prefix}-\\d+`, "g");
  const rows = [...list.querySelector("ol").children];
  rows.forEach((row, at) => {
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const name of NUMBERED) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(pattern, `${prefix}-${at}`));
      }
    }
    row.querySelector("[data-row-number]").textContent = at + 1;
    row.querySelector("[data-row-up]").disabled = at === 0;
    row.querySelector("[data-row-down]").disabled = at === rows.length - 1;
  });
  list.querySelector("[data-rows-empty]").hidden = rows.length > 0;
  list.querySelector("[data-row-add]").disabled = rows.length >= Number(list.dataset.limit);
  addUp();
}

function narrow(text) {
  return text.replace(/[\uff10-\uff19\uff0e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
}

function addUp() {
  const total = document.querySelector("[data-total]");
  if (!total) return;
  const marks = [...document.querySelectorAll("[data-rows] > ol [data-points]")];
  const hundredths = marks.reduce((sum, field) => sum + Math.round(Number(narrow(field.value) || 0) * 100), 0);
  total.textContent = Number.isFinite(hundredths) ? String(hundredths / 100) : "—";
  document.querySelector("[data-total-note]").textContent = hundredths === 10000 ? "" : total.dataset.usual;
}

// Read out only: whoever looks sees the row move.
function say(list, words) {
  list.querySelector("[data-rows-said]").textContent = words;
}

function add(list) {
  const row = list.querySelector("template").content.firstElementChild.cloneNode(true);
  list.querySelector("ol").append(row);
  renumber(list);
  row.querySelector("input:not([type=hidden])").focus();
  say(list, list.dataset.added);
}

function remove(list, row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(list);
  (next?.querySelector("input:not([type=hidden])") ?? list.querySelector("[data-row-add]")).focus();
  say(list, list.dataset.removed);
}

function move(list, row, button, up) {
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  renumber(list);
  const usable = button.disabled ? row.querySelector(up ? "[data-row-down]" : "[data-row-up]") : button;
  usable.focus();
  const at = [...row.parentElement.children].indexOf(row) + 1;
  say(list, list.dataset.said.replace("{what}", row.dataset.label).replace("{n}", at));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const list = button?.closest("[data-rows]");
  if (!list) return;
  const row = button.closest("[data-row]");
  if (button.matches("[data-row-add]")) add(list);
  else if (button.matches("[data-row-remove]")) remove(list, row);
  else if (button.matches("[data-row-up]")) move(list, row, button, true);
  else if (button.matches("[data-row-down]")) move(list, row, button, false);
});
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-points]")) addUp();
});
for (const list of document.querySelectorAll("[data-rows]")) {
  list.querySelector("[data-row-add]").hidden = false;
  renumber(list);
}
