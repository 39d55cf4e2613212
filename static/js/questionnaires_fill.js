// A form that is filled in: what is shown follows from the answers, rows come and go on the spot.
// The server decides the same once more.
import { addRow, countRows, removeRow, renumber, rowsOf } from "./rows.js";

const read = {
  text: (question) => question.querySelector("input, textarea, select")?.value.trim() ?? "",
  choices: (question) => [...question.querySelectorAll("input:checked")].map((box) => box.dataset.choice),
  rows: (question) => [...question.querySelectorAll("[data-row] :is(input, select)")].some((c) => c.value.trim()),
  files: (question) => question.querySelectorAll(".fill__files li").length > 0,
};

function answerOf(question) {
  const { kind } = question.dataset;
  if (question.dataset.answer !== undefined) return JSON.parse(question.dataset.answer); // locked
  if (kind === "choices") return read.choices(question);
  if (kind === "choice" && question.querySelector("[type=radio]")) return read.choices(question)[0] ?? "";
  if (kind === "table" || kind === "people") return read.rows(question);
  if (kind === "file") return read.files(question);
  return read.text(question);
}

// Numbers as the server reads them: full-width digits and separators of thousands are welcome.
function numberOf(text) {
  const plain = text.normalize("NFKC").trim();
  if (!/^[+-]?(\d{1,3}(,\d{3})+|\d{1,18})(\.\d{1,12})?$/.test(plain)) return NaN;
  return Number(plain.replaceAll(",", ""));
}

function dateOf(text) {
  const found = text.normalize("NFKC").match(/^(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?$/);
  return found ? found[1] + found[2].padStart(2, "0") + found[3].padStart(2, "0") : NaN;
}

function holds([, operator, wanted], kind, answer) {
  const isFilled = Array.isArray(answer) ? answer.length > 0 : Boolean(answer);
  if (!isFilled) return false;
  if (operator === "filled") return true;
  if (operator === "contains") {
    return Array.isArray(answer) ? answer.includes(wanted) : answer.toLowerCase().includes(wanted.toLowerCase());
  }
  const convert = { number: numberOf, date: dateOf }[kind] ?? ((text) => text);
  const one = convert(answer);
  const other = convert(wanted);
  if (Number.isNaN(one) || Number.isNaN(other)) return false;
  return { is: one === other, is_not: one !== other, at_least: one >= other, at_most: one <= other }[operator];
}

// Which questions are shown: a hidden one counts as unanswered for those that depend on it.
function show(form) {
  const questions = new Map([...form.querySelectorAll("[data-question]")].map((q) => [q.dataset.question, q]));
  const found = new Map();
  const isVisible = (key) => {
    if (!found.has(key)) {
      const question = questions.get(key);
      found.set(key, true); // a circle cannot be published; this ends it all the same
      const rule = question.dataset.rule && JSON.parse(question.dataset.rule);
      const told = (rule?.conditions ?? []).map((line) => {
        const asked = questions.get(line[0]);
        return Boolean(asked) && isVisible(line[0]) && holds(line, asked.dataset.kind, answerOf(asked));
      });
      found.set(key, told.length === 0 || (rule.any ? told.some(Boolean) : told.every(Boolean)));
    }
    return found.get(key);
  };
  for (const [key, question] of questions) question.hidden = !isVisible(key);
}

const rowsIn = (list) => list.querySelector(":scope > [data-row-list]");

function settle(list) {
  const rows = rowsIn(list);
  renumber(rows, list.dataset.fillRows);
  list.querySelector("[data-fill-add]").disabled = rowsOf(rows).length >= Number(list.dataset.limit);
}

function addTo(list) {
  const row = addRow(rowsIn(list), list.querySelector(":scope > template"), list.dataset.fillRows);
  settle(list);
  return row;
}

function say(form, pattern, n) {
  const place = form.querySelector("[data-announce]");
  if (place && pattern) place.textContent = pattern.replace("{n}", n);
}

function changeRows(form, event) {
  const button = event.target.closest("[data-fill-add], [data-fill-remove]");
  if (!button) return;
  event.preventDefault();
  const list = button.closest("[data-fill-rows]");
  if (button.matches("[data-fill-add]")) {
    addTo(list).querySelector("input, select").focus();
    say(form, form.dataset.added, rowsOf(rowsIn(list)).length);
  } else {
    removeRow(button.closest("[data-row]"), list.querySelector("[data-fill-add]"));
    settle(list);
    say(form, form.dataset.removed, rowsOf(rowsIn(list)).length);
  }
  show(form);
  form.dispatchEvent(new CustomEvent("part:changed"));
}

// Before typed text is put back there must be as many rows as it had.
function makeRows(form, fields) {
  for (const list of form.querySelectorAll("[data-fill-rows]")) {
    const count = countRows(fields, list.dataset.fillRows);
    while (rowsOf(rowsIn(list)).length > count) rowsOf(rowsIn(list)).at(-1).remove();
    while (rowsOf(rowsIn(list)).length < count) addTo(list);
    settle(list);
  }
}

// A chosen file goes out at once with everything else that the form holds: the page comes back.
function sendFiles(form, event) {
  if (!event.target.matches("[data-fill-files] input[type=file]") || !form.dataset.sendsFiles) return;
  // the page's own check has emptied the field if the file is too large
  setTimeout(() => event.target.files.length && form.requestSubmit(form.querySelector("[data-send-files]")), 0);
}

for (const form of document.querySelectorAll("form[data-fill]")) {
  for (const list of form.querySelectorAll("[data-fill-rows]")) settle(list);
  form.addEventListener("click", (event) => changeRows(form, event));
  form.addEventListener("part:fill", (event) => makeRows(form, event.detail));
  form.addEventListener("input", () => show(form));
  form.addEventListener("change", (event) => {
    show(form);
    sendFiles(form, event);
  });
  show(form);
}

// The preview's width.
for (const group of document.querySelectorAll("[data-widths]")) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-width]");
    if (!button) return;
    document.querySelector("[data-preview]").dataset.preview = button.dataset.width;
    for (const other of group.querySelectorAll("[data-width]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}
