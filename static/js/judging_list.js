// A judge's list: who is on stage, then what is to be done, then what is done.
import { bar, clockTime, fill, notice, part, piece, say, state, trouble, words } from "./judging_pieces.js";
import { total } from "./judging_marks.js";

export const isOnStage = (entry, now) =>
  entry.slot !== null && !entry.withdrawn && Date.parse(entry.slot.starts) <= now && now < Date.parse(entry.slot.ends);

const DONE = ["submitted", "queued", "closed"];

export function order(book) {
  const now = book.now();
  const place = (entry) => {
    const isOn = isOnStage(entry, now);
    const isDone = DONE.includes(book.state(entry.id)) && !isOn;
    return [isOn ? 0 : 1, entry.withdrawn ? 1 : 0, isDone ? 1 : 0, entry.slot ? Date.parse(entry.slot.starts) : Infinity];
  };
  const ranked = book.told.entries.map((entry) => ({ entry, at: place(entry) }));
  ranked.sort((a, b) => {
    const at = a.at.findIndex((value, each) => value !== b.at[each]);
    if (at >= 0) return a.at[at] - b.at[at];
    return a.entry.code < b.entry.code ? -1 : 1;
  });
  return ranked.map(({ entry }) => entry);
}

export const nextToDo = (book) =>
  order(book).find((entry) => ["todo", "draft", "returned", "refused", "conflict"].includes(book.state(entry.id)));

function item(book, entry, at) {
  const made = piece("item");
  const kind = book.state(entry.id);
  const record = book.record(entry.id);
  const isOn = isOnStage(entry, book.now());
  say(made, "number", entry.withdrawn ? "" : String(entry.slot?.number ?? at + 1));
  say(made, "time", entry.slot ? clockTime(entry.slot.starts, book.told.timezone) : "");
  say(made, "name", entry.name).setAttribute("href", entry.url);
  part(made, "name").dataset.entry = entry.id;
  part(made, "now").hidden = !isOn;
  const hasGroups = Object.keys(book.told.rubrics).length > 1;
  say(made, "note", hasGroups ? `${entry.code} · ${entry.group}` : entry.code);
  part(made, "waits").hidden = !record || record.problem !== null || kind === "queued";
  const hasMarks = record || entry.sheet;
  say(made, "total", hasMarks && !entry.withdrawn ? total(book.rubric(entry.id), book.values(entry.id).marks) : "");
  part(made, "total").classList.toggle("muted", !DONE.includes(kind));
  part(made, "state").append(state(kind));
  made.classList.toggle("work__item--now", isOn);
  made.classList.toggle("work__item--done", DONE.includes(kind));
  made.classList.toggle("work__item--gone", entry.withdrawn);
  return made;
}

function notices(book, open) {
  const made = [];
  if (book.halt) {
    const isOut = book.halt.kind === "signed-out";
    const text = book.halt.message ? `${book.halt.message} ${words.signedOut}` : isOut ? words.signedOut : words.stranger;
    made.push(notice("danger", text, words.again, () => location.assign(words.signInUrl)));
  }
  if (!book.store.isDurable) made.push(notice("warning", words.memoryNote));
  if (book.told.state !== "open") made.push(notice("info", words.closedNote));
  else if (book.isOffline) made.push(notice("warning", words.offlineNote));
  for (const record of book.troubled) {
    if (record.problem.kind === "refused") continue;
    const isChoice = ["conflict", "locked"].includes(record.problem.kind);
    const act = isChoice ? () => open(record.entry) : () => book.dismiss(record.entry);
    const text = `${record.name}：${trouble(book, record)}`;
    made.push(notice(isChoice ? "danger" : "warning", text, isChoice ? words.look : words.seen, act));
  }
  return made;
}

export function drawList(book, open) {
  const made = piece("list");
  const entries = order(book);
  part(made, "notices").replaceChildren(...notices(book, open));
  part(made, "items").replaceChildren(...entries.map((entry, at) => item(book, entry, at)));
  if (!entries.length) part(made, "items").replaceWith(piece("empty"));
  part(made, "progress").hidden = !entries.length;
  const due = entries.filter((entry) => !entry.withdrawn);
  const done = due.filter((entry) => ["submitted", "queued"].includes(book.state(entry.id))).length;
  const meter = part(made, "progress");
  meter.querySelector(".meter__text").textContent = fill(words.progress, { done, total: due.length });
  Object.assign(meter.querySelector("progress"), { max: due.length || 1, value: done });
  const recused = part(made, "recused");
  recused.hidden = book.told.recused === 0;
  recused.querySelector("span").textContent = fill(words.recused, { count: book.told.recused });
  const next = book.told.state === "open" && nextToDo(book);
  if (!next) return [made];
  const label = isOnStage(next, book.now()) ? words.first : words.next;
  return [made, bar({ label, act: () => open(next.id) })];
}
