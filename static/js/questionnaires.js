// The builder: cards are dragged or moved by their buttons, a question is written in its place,
// and the rows of options, columns and conditions come and go on the spot. All of it works
// without this script too, by sending the page.
const NUMBERED = ["name", "id", "for", "aria-describedby", "data-counter"];
const builder = () => document.getElementById("builder");
const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

function say(pattern, n) {
  const place = builder().querySelector("[data-said]");
  if (place && pattern) place.textContent = pattern.replace("{n}", n);
}

// --- the order of the questions

function renumberCards(list) {
  const cards = [...list.querySelectorAll(":scope > [data-key]")];
  cards.forEach((card, at) => {
    card.querySelector('[data-move="up"]').disabled = at === 0;
    card.querySelector('[data-move="down"]').disabled = at === cards.length - 1;
  });
  return cards;
}

async function sendOrder(list, moved) {
  const cards = renumberCards(list);
  say(list.dataset.moved, cards.indexOf(moved) + 1);
  try {
    const answer = await fetch(list.dataset.orderUrl, {
      method: "POST",
      body: JSON.stringify({ keys: cards.map((card) => card.dataset.key) }),
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() },
    });
    if (answer.ok) return;
    const told = await answer.json();
    const { toast } = await import("./toast.js");
    toast(told.error?.message ?? list.dataset.failed, "warning");
  } catch {
    const { toast } = await import("./toast.js");
    toast(list.dataset.failed, "warning");
  }
}

function startCards(root) {
  const list = root.querySelector("[data-questions]");
  if (!list || list.querySelector("[data-editor]")) return; // one thing at a time
  for (const grip of list.querySelectorAll("[data-grip]")) grip.hidden = false;
  window.Sortable?.create(list, {
    handle: "[data-grip]",
    draggable: "[data-key]",
    animation: 150,
    forceFallback: true, // the same by mouse and by finger
    ghostClass: "question--ghost",
    onEnd: (event) => event.oldIndex !== event.newIndex && sendOrder(list, event.item),
  });
}

function moveCard(button) {
  const card = button.closest("[data-key]");
  const list = card.parentElement;
  const up = button.dataset.move === "up";
  const cards = [...list.querySelectorAll(":scope > [data-key]")];
  const other = cards[cards.indexOf(card) + (up ? -1 : 1)];
  if (!other) return;
  if (up) other.before(card);
  else other.after(card);
  sendOrder(list, card);
  const usable = button.disabled ? card.querySelector(`[data-move="${up ? "down" : "up"}"]`) : button;
  usable.focus();
}

// --- the rows of a question

const rowsOf = (part) => [...part.querySelectorAll(":scope > .part__rows > [data-part-row]")];

function renumber(part) {
  const name = part.dataset.partRows;
  const pattern = new RegExp(`\\b${name}-(\\d+|__n__)-`, "g");
  const rows = rowsOf(part);
  rows.forEach((row, at) => {
    for (const element of row.querySelectorAll("*")) {
      for (const attribute of NUMBERED) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace(pattern, `${name}-${at}-`));
      }
    }
    for (const button of row.querySelectorAll("[data-part-move]")) {
      button.value = `${name}-${button.dataset.partMove}-${at}`;
      button.disabled = { up: at === 0, down: at === rows.length - 1 }[button.dataset.partMove] ?? false;
    }
  });
  const joined = document.querySelector("[data-joined]");
  if (name === "conditions" && joined) joined.hidden = rows.length < 2;
}

function changePart(button) {
  const part = button.closest("[data-part-rows]");
  const form = button.closest("form");
  if (button.matches("[data-part-add]")) {
    const row = document.importNode(part.querySelector(":scope > template").content.firstElementChild, true);
    part.querySelector(":scope > .part__rows").append(row);
    renumber(part);
    startRows(row);
    row.querySelector("input:not([type=hidden]), select").focus();
    say(form.dataset.added, rowsOf(part).length);
    return;
  }
  const row = button.closest("[data-part-row]");
  if (button.dataset.partMove === "remove") {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    renumber(part);
    (next?.querySelector("input:not([type=hidden]), select") ?? part.querySelector("[data-part-add]")).focus();
    say(form.dataset.removed, rowsOf(part).length);
    return;
  }
  const up = button.dataset.partMove === "up";
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  renumber(part);
  (button.disabled ? row.querySelector("[data-part-move]:not([disabled])") : button).focus();
  say(form.dataset.moved, rowsOf(part).indexOf(row) + 1);
}

// --- columns show what their kind has; conditions offer what the question can be answered with

function showColumn(row) {
  const kind = row.querySelector("[data-column-kind]").value;
  for (const part of row.querySelectorAll("[data-for-kind]")) part.hidden = part.dataset.forKind !== kind;
}

const OPERATORS = {
  text: ["is", "is_not", "contains", "filled"],
  long_text: ["is", "is_not", "contains", "filled"],
  number: ["is", "is_not", "at_least", "at_most", "filled"],
  date: ["is", "is_not", "at_least", "at_most", "filled"],
  choice: ["is", "is_not", "filled"],
  choices: ["contains", "filled"],
};

function showCondition(row) {
  const asked = document.querySelector(`#asked-questions option[value="${CSS.escape(row.querySelector("[data-asked]").value)}"]`);
  const operator = row.querySelector("[data-operator]");
  const usable = asked ? (OPERATORS[asked.dataset.kind] ?? ["filled"]) : null;
  for (const option of operator.options) option.hidden = option.disabled = Boolean(usable) && !usable.includes(option.value);
  if (usable && !usable.includes(operator.value)) [operator.value] = usable;
  offerValues(row, asked ? JSON.parse(asked.dataset.options) : [], asked?.dataset.kind);
  row.querySelector("[data-wanted]").closest(".field").hidden = operator.value === "filled";
}

// A list of the options instead of free text, and back.
function offerValues(row, options, kind) {
  const old = row.querySelector("[data-wanted]");
  const wanted = options.length ? "SELECT" : "INPUT";
  if (old.tagName !== wanted) {
    const fresh = document.createElement(wanted);
    for (const name of ["id", "name", "aria-describedby", "aria-invalid"]) {
      if (old.hasAttribute(name)) fresh.setAttribute(name, old.getAttribute(name));
    }
    fresh.dataset.wanted = "";
    fresh.className = options.length ? "form-select" : "form-control";
    fresh.dataset.was = old.value;
    old.replaceWith(fresh);
  }
  const field = row.querySelector("[data-wanted]");
  const value = field.dataset.was ?? field.value;
  delete field.dataset.was;
  if (options.length) {
    field.replaceChildren(...options.map((label) => new Option(label, label, false, label === value)));
  } else {
    field.type = kind === "date" ? "date" : "text";
    field.inputMode = kind === "number" ? "decimal" : "";
    field.value = value;
  }
}

function startRows(root) {
  const rows = (selector) => (root.matches?.(selector) ? [root] : [...root.querySelectorAll(selector)]);
  rows("[data-column]").forEach(showColumn);
  rows("[data-condition]").forEach(showCondition);
}

// --- what has just been swapped in

let before = new Set();
let opened = "";

function rememberWhere(event) {
  before = new Set([...document.querySelectorAll("[data-key]")].map((card) => card.dataset.key));
  // dragging leaves styles behind, which htmx would copy against the content policy
  for (const moved of builder().querySelectorAll("[style]")) moved.removeAttribute("style");
  opened = event.target.closest?.("[data-key], .question--open")?.id.replace("question-", "") ?? "";
}

function goOn() {
  const root = builder();
  const editor = root.querySelector("[data-editor]");
  const place =
    root.querySelector("[data-error-summary]") ??
    editor?.querySelector("#label_zh") ??
    root.querySelector("[data-gone]") ??
    [...root.querySelectorAll("[data-key]")].find((card) => before.size && !before.has(card.dataset.key)) ??
    document.getElementById(`question-${opened}`);
  if (!place) return;
  place.focus({ preventScroll: true });
  const seen = (editor ?? place).getBoundingClientRect();
  if (seen.top < 0 || seen.top > window.innerHeight * 0.7) (editor ?? place).scrollIntoView({ block: "start" });
}

function start(root) {
  for (const part of root.querySelectorAll("[data-part-rows]")) renumber(part);
  startRows(root);
  startCards(root);
}

document.addEventListener("click", (event) => {
  const part = event.target.closest("[data-part-add], [data-part-move]");
  const mover = event.target.closest("[data-move]");
  if (part) {
    event.preventDefault();
    changePart(part);
  } else if (mover && !builder().querySelector("[data-editor]")) {
    event.preventDefault();
    moveCard(mover);
  }
});
document.addEventListener("change", (event) => {
  const column = event.target.closest("[data-column-kind]");
  if (column) showColumn(column.closest("[data-column]"));
  if (event.target.matches("[data-asked], [data-operator]")) showCondition(event.target.closest("[data-condition]"));
});
document.addEventListener("htmx:beforeRequest", rememberWhere);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "builder" && event.target.id !== "builder") return;
  start(builder());
  goOn();
});
start(builder());
if (builder().querySelector("[data-editor]")) goOn();
