// Two devices of one judge gave one entry different marks: both are shown, and the judge chooses.
import { bar, clockTime, fill, notice, part, piece, say, trouble, words } from "./judging_pieces.js";
import { cents } from "./judging_marks.js";
import { head, readMarks } from "./judging_sheet.js";

const isBlank = (value) => value === undefined || value === null || value === "";
const isSame = (a, b) => (isBlank(a) && isBlank(b)) || a === b;
const isSameMark = (a, b) => (isBlank(a) || isBlank(b) ? isBlank(a) && isBlank(b) : cents(a) === cents(b));

// Where two sheets differ: [{name, key, part, mine, theirs}].
export function differences(rubric, mine, theirs) {
  const found = [];
  const look = (where, key, name, differs) => {
    const [a, b] = where ? [mine[where][key], theirs[where][key]] : [mine[key], theirs[key]];
    if (differs(a, b)) found.push({ where, key, name, mine: a, theirs: b });
  };
  for (const line of rubric.criteria) look("marks", line.key, line.name, (a, b) => !isSameMark(a, b));
  for (const gate of rubric.gates) look("gates", gate.key, gate.name, (a, b) => !isSame(a, b));
  look(null, "feedback", words.feedback, (a, b) => !isSame(a.trim(), b.trim()));
  look(null, "note", words.note, (a, b) => !isSame(a.trim(), b.trim()));
  return found;
}

export const isEqual = (rubric, a, b) => differences(rubric, a, b).length === 0;

function shown(value) {
  if (isBlank(value)) return words.unnamed;
  if (typeof value !== "boolean") return value;
  const kind = value ? "met" : "unmet";
  return document.getElementById("judging-states").content.querySelector(`[data-of="${kind}"]`).textContent.trim();
}

function row(each, time, changed) {
  const made = piece("choice");
  say(made, "name", each.name);
  say(made, "mine", shown(each.mine));
  say(made, "theirs", shown(each.theirs));
  part(made, "whose").textContent += ` ${time}`;
  for (const text of made.querySelectorAll("strong")) text.classList.toggle("choice-row__words", !each.where);
  for (const radio of made.querySelectorAll("input")) {
    radio.name = `choose-${each.where}-${each.key}`;
    radio.addEventListener("change", changed);
  }
  return made;
}

function drawLocked(book, entry, record, { back }) {
  const top = head(book, entry, [notice("danger", trouble(book, record))]);
  const marks = readMarks(book.rubric(entry.id), record.problem.theirs.values);
  const foot = bar({ back, label: words.dropped, act: () => book.dismiss(entry.id) });
  return { parts: [top, marks, foot], update() {} };
}

export function drawConflict(book, entry, { back }) {
  const record = book.record(entry.id);
  if (record.problem.kind === "locked") return drawLocked(book, entry, record, { back });
  const { theirs } = record.problem;
  const time = clockTime(theirs.saved, book.told.timezone);
  const unlike = differences(book.rubric(entry.id), record.values, theirs.values);
  const made = piece("choose");
  let foot;
  const isChosen = () => rows.every((each) => each.querySelector(":checked"));
  const changed = () => {
    part(foot, "go").disabled = !isChosen();
  };
  const rows = unlike.map((each) => row(each, time, changed));
  const act = () => {
    const values = JSON.parse(JSON.stringify(record.values));
    unlike.forEach((each, at) => {
      if (rows[at].querySelector(":checked").value === "mine") return;
      if (each.where) values[each.where][each.key] = each.theirs ?? null;
      else values[each.key] = each.theirs;
    });
    book.resolve(entry.id, values);
  };
  part(made, "choices").append(...rows);
  for (const button of made.querySelectorAll("[data-all]")) {
    button.addEventListener("click", () => {
      for (const each of rows) each.querySelector(`[value="${button.dataset.all}"]`).checked = true;
      changed();
    });
  }
  const top = head(book, entry, [notice("danger", fill(words.conflictNote, { time }))]);
  foot = bar({ back, label: words.choose, act });
  changed();
  return { parts: [top, made, foot], update() {} };
}
