// One sheet on a judge's phone: to fill in, to check before it is locked, to read, to choose.
import { bar, clockTime, fill, notice, part, piece, say, state, trouble, words } from "./judging_pieces.js";
import { cents, gap, normal, plain, problem, total } from "./judging_marks.js";
import { isOnStage, order } from "./judging_list.js";

function papers(place, entry) {
  place.hidden = entry.papers.length === 0;
  for (const paper of entry.papers) {
    const made = piece(paper.url ? "paper" : "paper-hidden");
    say(made, "name", paper.url ? paper.name : fill(words.copyMissing, { name: paper.name }));
    if (paper.url) {
      made.querySelector("a").href = paper.url;
      say(made, "size", paper.size);
    }
    place.append(made);
  }
}

export function head(book, entry, notes) {
  const made = piece("head");
  say(made, "name", entry.name);
  say(made, "code", entry.code);
  say(made, "group", entry.group);
  if (entry.slot) {
    const time = clockTime(entry.slot.starts, book.told.timezone);
    say(made, "slot", fill(words.number, { number: entry.slot.number, time }));
  }
  papers(part(made, "papers"), entry);
  part(made, "notices").append(...notes);
  follow(book, entry, made);
  return made;
}

// Who is on stage now: this one, or another one that a touch leads to.
export function follow(book, entry, root) {
  part(root, "now").hidden = !isOnStage(entry, book.now());
  const other = order(book)[0];
  const strip = part(root, "strip");
  strip.hidden = !other || other.id === entry.id || !isOnStage(other, book.now()) || isOnStage(entry, book.now());
  if (strip.hidden) return;
  strip.querySelector("a").href = `#${other.id}`;
  strip.querySelector("span").textContent = fill(words.now, { name: other.name });
}

class Score {
  constructor(book, entry, line, give) {
    Object.assign(this, { line, give });
    this.root = piece("criterion");
    this.input = this.root.querySelector("[inputmode]");
    this.slider = this.root.querySelector("[type=range]");
    this.errors = part(this.root, "errors");
    const name = line.name;
    Object.assign(this.input, { id: `mark_${line.key}`, name: `mark_${line.key}` });
    this.input.removeAttribute("aria-label");
    this.errors.id = `mark_${line.key}-errors`;
    this.input.setAttribute("aria-describedby", this.errors.id);
    say(this.root, "name", name).setAttribute("for", this.input.id);
    say(this.root, "max", fill(words.max, { max: line.max }));
    say(this.root, "hint", fill(words.hint, { max: line.max }));
    const points = part(this.root, "points");
    points.hidden = line.points.length === 0;
    points.append(...line.points.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    Object.assign(this.slider, { max: line.max, step: Number(line.max) >= 20 ? "1" : "0.5" });
    this.slider.setAttribute("aria-label", fill(words.slide, { name }));
    for (const button of this.root.querySelectorAll("[data-step]")) {
      button.setAttribute("aria-label", fill(button.dataset.step === "1" ? words.plus : words.minus, { name }));
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
    this.slider.addEventListener("input", () => this.set(this.slider.value));
    this.input.addEventListener("input", (event) => event.isComposing || this.typed());
    this.input.addEventListener("compositionend", () => this.typed());
    this.input.addEventListener("keydown", (event) => event.key === "Enter" && this.input.blur());
    this.show(book.values(entry.id).marks[line.key] ?? "");
  }

  show(text) {
    this.input.value = text;
    this.mirror();
  }

  step(by) {
    const size = cents(this.slider.step);
    const held = cents(normal(this.input.value)) || 0;
    this.set(plain(Math.min(cents(this.line.max), Math.max(0, held + by * size))));
  }

  set(text) {
    this.input.value = text;
    this.typed();
  }

  typed() {
    const text = normal(this.input.value);
    if (text !== this.input.value) this.input.value = text;
    this.mirror();
    this.give({ marks: { [this.line.key]: text } });
  }

  mirror() {
    const text = normal(this.input.value);
    const wrong = problem(text, this.line.max);
    this.root.toggleAttribute("data-blank", text === "");
    if (!wrong) this.slider.value = text === "" ? "0" : text;
    this.complain(wrong ? fill(words[wrong], { max: this.line.max }) : "");
  }

  complain(text) {
    this.root.classList.toggle("field--wrong", text !== "");
    this.input.setAttribute("aria-invalid", String(text !== ""));
    this.errors.replaceChildren();
    if (text) this.errors.append(Object.assign(document.createElement("p"), { textContent: text }));
  }
}

function gateOf(book, entry, gate, give) {
  const made = piece("gate");
  say(made, "name", gate.name === words.gateWord ? gate.name : fill(words.gate, { name: gate.name }));
  say(made, "rule", gate.rule);
  const held = book.values(entry.id).gates[gate.key];
  for (const radio of made.querySelectorAll("input")) {
    radio.name = `gate_${gate.key}`;
    radio.checked = held === (radio.value === "met") && held !== undefined && held !== null;
    radio.addEventListener("change", () => {
      part(made, "errors").replaceChildren();
      give({ gates: { [gate.key]: radio.value === "met" } });
    });
  }
  made.dataset.gate = gate.key;
  return made;
}

function wordsOf(book, entry, rubric, give) {
  const made = piece("fields");
  const held = book.values(entry.id);
  for (const field of made.querySelectorAll("[data-words]")) {
    const name = field.dataset.words;
    Object.assign(field, { id: name, name, value: held[name] });
    field.removeAttribute("aria-label");
    made.querySelector(`[data-for="${name}"]`).setAttribute("for", name);
    field.addEventListener("input", () => give({ [name]: field.value }));
  }
  const source = [rubric.note, rubric.source].filter(Boolean).join("\n");
  part(made, "source").hidden = source === "";
  part(made, "source").querySelector("p").textContent = source;
  part(made, "recusal").href = `${entry.url}/recusal`;
  return made;
}

// The form. `update` keeps the sum and what is on stage true without taking the field from under the thumb.
export function drawForm(book, entry, { back, check }) {
  const rubric = book.rubric(entry.id);
  const sum = () => total(rubric, book.values(entry.id).marks);
  let foot;
  const give = (patch) => {
    book.change(entry.id, patch);
    part(foot, "total").textContent = sum();
  };
  const notes = [];
  const record = book.record(entry.id);
  if (entry.returned) notes.push(notice("danger", fill(words.returnedNote, { reason: entry.returned })));
  if (record?.problem?.kind === "refused") notes.push(notice("danger", record.problem.message));
  const scores = rubric.criteria.map((line) => new Score(book, entry, line, give));
  const gates = rubric.gates.map((gate) => gateOf(book, entry, gate, give));
  const made = document.createElement("div");
  made.className = "sheet-form";
  const top = head(book, entry, notes);
  made.append(top, ...scores.map((score) => score.root), ...gates, wordsOf(book, entry, rubric, give));
  const act = () => {
    const missing = gap(rubric, book.values(entry.id));
    if (!missing) return check();
    const [, kind, key] = /^(mark|gate)_(.*)$/.exec(missing.key);
    const score = kind === "mark" && scores.find((each) => each.line.key === key);
    const root = score ? score.root : gates.find((each) => each.dataset.gate === key);
    if (score) score.complain(fill(words[missing.kind], { max: score.line.max }));
    else part(root, "errors").replaceChildren(Object.assign(document.createElement("p"), { textContent: words.open }));
    root.scrollIntoView({ block: "center" });
    (score ? score.input : root.querySelector("input")).focus({ preventScroll: true });
  };
  foot = bar({ back, total: sum(), of: rubric.total, label: words.check, act });
  return { parts: [made, foot], update: () => follow(book, entry, top) };
}

function line(name, value, max) {
  const made = piece("read-line");
  made.querySelector("dt").textContent = name;
  if (typeof value === "string") say(made, "value", value);
  else part(made, "value").append(value);
  say(made, "max", max ? `/ ${max}` : "");
  return made;
}

export function readMarks(rubric, values) {
  const made = piece("read");
  const list = part(made, "marks");
  for (const each of rubric.criteria) {
    const text = values.marks[each.key] ?? "";
    list.append(line(each.name, text === "" ? "—" : (cents(text) / 100).toFixed(2), each.max));
  }
  const sum = line(words.total, total(rubric, values.marks), rubric.total);
  sum.className = "read-marks__total";
  list.append(sum);
  for (const gate of rubric.gates) {
    const held = values.gates[gate.key];
    list.append(line(gate.name, typeof held === "boolean" ? state(held ? "met" : "unmet") : "—"));
  }
  for (const place of made.querySelectorAll("[data-read]")) {
    place.hidden = !values[place.dataset.read];
    place.querySelector("p").textContent = values[place.dataset.read];
  }
  return made;
}

export function drawCheck(book, entry, { edit, submit }) {
  const rubric = book.rubric(entry.id);
  const values = book.values(entry.id);
  const top = head(book, { ...entry, papers: [] }, []);
  const foot = bar({ back: edit, total: total(rubric, values.marks), of: rubric.total, label: words.confirm, act: submit });
  part(foot, "back").setAttribute("aria-label", words.edit);
  return { parts: [top, readMarks(rubric, values), notice("warning", words.checkNote), foot], update() {} };
}

// A sheet that does not change here: handed in, on its way, or out of time.
export function drawRead(book, entry, { back }) {
  const kind = book.state(entry.id);
  const record = book.record(entry.id);
  const rubric = book.rubric(entry.id);
  const at = entry.sheet?.submitted;
  const says = {
    submitted: () => ["success", fill(words.submittedNote, { time: at ? clockTime(at, book.told.timezone) : "" })],
    queued: () => ["info", words.queuedNote],
    withdrawn: () => ["warning", words.withdrawnNote],
    closed: () => ["warning", words.unsubmittedNote],
  };
  const [tone, text] = says[kind]?.() ?? ["warning", record?.problem ? trouble(book, record) : words.closedNote];
  const top = head(book, entry, [notice(tone, text)]);
  const foot = bar({ label: words.back, act: back, kind: "secondary" });
  return { parts: [top, readMarks(rubric, book.values(entry.id)), foot], update: () => follow(book, entry, top) };
}
