// A judge's sheets: what the server holds, what waits on this device, and how the one reaches the other.
//
// A record on the device is one sheet as the judge last left it, with the version that it began from.
// It goes when the server has answered for that very edit. What the server will not take stays, with
// its `problem`: conflict, locked, late, gone, refused.
import { problem } from "./judging_marks.js";
import { newKey } from "./judging_store.js";

const QUIET = 700; // ms without a key
const TIMEOUT = 12000;
const WAITS = [2000, 4000, 8000, 15000, 30000];
const REFRESH = 60000;

const blank = () => ({ marks: {}, gates: {}, note: "", feedback: "" });
const copy = (value) => JSON.parse(JSON.stringify(value));

// `patch` holds only what the judge touched: two pages on one device do not undo each other.
function patched(record, patch, isSubmit) {
  Object.assign(record.values.marks, patch.marks);
  Object.assign(record.values.gates, patch.gates);
  for (const name of ["note", "feedback"]) if (name in patch) record.values[name] = patch[name];
  if (record.problem?.kind === "refused") record.problem = null;
  record.isSubmit = isSubmit;
  return record;
}

async function ask(url, options = {}) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  try {
    const answer = await fetch(url, {
      cache: "no-store",
      redirect: "manual",
      ...options,
      headers: { Accept: "application/json", ...options.headers },
      signal: abort.signal,
    });
    const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
    return { status: answer.type === "opaqueredirect" ? 401 : answer.status, body: isJson ? await answer.json() : {} };
  } finally {
    clearTimeout(timer);
  }
}

export class Book extends EventTarget {
  constructor(store, told, { stateUrl, syncUrl }) {
    super();
    Object.assign(this, { store, told, stateUrl, syncUrl });
    this.judge = told.judge;
    this.prefix = `${told.judge}:${told.round}:`;
    this.token = document.querySelector('meta[name="csrf-token"]').content;
    this.records = new Map();
    this.offset = 0;
    this.isOffline = false;
    this.halt = null; // {kind: "signed-out" | "stranger", message}
    this.tries = 0;
    this.under = new Map(); // changes on their way to the device's storage, by entry
    this.writing = Promise.resolve();
  }

  // Take up what the device kept. A page out of a cache is older than what it kept beside it.
  async open() {
    const name = `told:${this.prefix}`;
    const kept = await this.store.read(name);
    const isOld = kept && kept.told.now >= this.told.now;
    if (isOld) Object.assign(this, { told: kept.told, offset: kept.offset });
    else this.setClock(Date.parse(this.told.now));
    this.device = (await this.store.read("device")) ?? newKey();
    await this.store.keep("device", this.device);
    if (!isOld) await this.store.keep(name, { told: this.told, offset: this.offset });
    await this.reload();
    this.listen();
    if (isOld) this.refresh();
    this.flush();
  }

  listen() {
    window.addEventListener("online", () => this.retry());
    window.addEventListener("pageshow", (event) => event.persisted && this.retry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.retry();
      else this.flush();
    });
    setInterval(() => document.visibilityState === "visible" && this.refresh(), REFRESH);
    if (!window.BroadcastChannel) return;
    this.channel = new BroadcastChannel("eventhub-judging");
    this.channel.onmessage = ({ data }) => data === this.prefix && this.reload();
  }

  async reload() {
    const records = await this.store.list(this.prefix);
    this.records = new Map(records.map((record) => [record.entry, record]));
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  setClock(serverNow) {
    this.offset = serverNow - Date.now();
  }

  now() {
    return Date.now() + this.offset;
  }

  find(id) {
    return this.told.entries.find((entry) => entry.id === id);
  }

  rubric(id) {
    return this.told.rubrics[this.find(id)?.rubric];
  }

  record(id) {
    return this.records.get(id);
  }

  values(id) {
    return this.record(id)?.values ?? this.find(id)?.sheet?.values ?? blank();
  }

  get waiting() {
    return [...this.records.values()].filter((record) => !record.problem);
  }

  // Whether every mark can be sent; one that cannot stays on the device, and its sheet with it.
  isFit(record) {
    const lines = this.rubric(record.entry)?.criteria ?? [];
    return lines.every((line) => !problem(record.values.marks[line.key] ?? "", line.max));
  }

  get troubled() {
    return [...this.records.values()].filter((record) => record.problem);
  }

  // How a sheet stands for the judge.
  state(id) {
    const entry = this.find(id);
    const record = this.record(id);
    if (record?.problem) return record.problem.kind;
    if (entry?.withdrawn) return "withdrawn";
    if (record && !this.isFit(record)) return "refused";
    if (record) return record.isSubmit ? "queued" : "draft";
    if (entry?.sheet?.state === "submitted") return "submitted";
    if (this.told.state !== "open") return "closed";
    if (entry?.returned) return "returned";
    return entry?.sheet ? "draft" : "todo";
  }

  isEditable(id) {
    return this.told.state === "open" && ["todo", "draft", "returned", "refused"].includes(this.state(id));
  }

  // Changes follow one another, so that none overtakes the one before.
  write(id, make, options) {
    this.under.set(id, (this.under.get(id) ?? 0) + 1);
    const done = this.writing.then(async () => {
      const record = await this.store.change(this.prefix + id, make, options);
      this.under.set(id, this.under.get(id) - 1);
      if (this.under.get(id) > 0) return record; // a later change shows already
      if (record) this.records.set(id, record);
      else this.records.delete(id);
      this.channel?.postMessage(this.prefix);
      this.tell();
      return record;
    });
    this.writing = done.catch(() => {});
    return done;
  }

  start(id) {
    const entry = this.find(id);
    const values = copy(entry.sheet?.values ?? blank());
    const base = entry.sheet?.version ?? 0;
    return { key: this.prefix + id, entry: id, name: entry.name, edit: 0, base, values, isSubmit: false, problem: null };
  }

  change(id, patch, { isSubmit = false } = {}) {
    const start = this.start(id);
    const make = (held) => patched(held ?? copy(start), patch, isSubmit);
    this.records.set(id, make(this.record(id) && copy(this.record(id))));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), QUIET);
    const done = this.write(id, make, { counts: true });
    this.tell();
    return done;
  }

  async submit(id) {
    await this.change(id, {}, { isSubmit: true });
    await this.flush();
  }

  // The judge chose between what two devices hold; it goes on as a draft that begins from the other's.
  async resolve(id, values) {
    await this.write(
      id,
      (held) => held && { ...held, values, base: held.problem?.theirs?.version ?? held.base, isSubmit: false, problem: null },
      { counts: true },
    );
    this.flush();
  }

  dismiss(id) {
    return this.write(id, () => null);
  }

  retry() {
    this.tries = 0;
    this.halt = null;
    this.refresh().then(() => this.flush());
  }

  async refresh() {
    let answer;
    const asked = Date.now();
    try {
      answer = await ask(this.stateUrl);
    } catch {
      this.setOffline(true);
      return false;
    }
    if (answer.status === 401 || answer.status === 410) return this.stop("signed-out", answer.body.error?.message);
    if (answer.status === 200 && answer.body.judge !== this.judge) return this.stop("stranger");
    if (answer.status !== 200) return false;
    const { token, ...told } = answer.body;
    this.token = token;
    document.querySelector('meta[name="csrf-token"]').content = token;
    this.told = told;
    this.halt = null;
    this.isOffline = false;
    this.setClock(Date.parse(told.now) + (Date.now() - asked) / 2);
    this.store.keep(`told:${this.prefix}`, { told, offset: this.offset });
    this.tell();
    return true;
  }

  stop(kind, message) {
    this.halt = { kind, message };
    this.tell();
    return false;
  }

  setOffline(is) {
    if (this.isOffline === is) return;
    this.isOffline = is;
    this.tell();
  }

  // Send what waits, one after the other; a second call only makes the first go round once more.
  async flush() {
    clearTimeout(this.timer);
    if (this.isSending) {
      this.isAsked = true;
      return;
    }
    this.isSending = true;
    try {
      do {
        this.isAsked = false;
        await this.writing;
        const passed = new Set();
        let next;
        while (!this.halt && (next = this.waiting.find((each) => !passed.has(each.entry) && this.isFit(each)))) {
          passed.add(next.entry);
          this.tell();
          if (!(await this.send(next))) {
            this.later();
            return;
          }
        }
      } while (this.isAsked);
      this.tries = 0;
    } finally {
      this.isSending = false;
      this.tell();
    }
  }

  later() {
    if (this.halt) return;
    this.timer = setTimeout(() => this.flush(), WAITS[Math.min(this.tries, WAITS.length - 1)]);
    this.tries += 1;
  }

  post(record) {
    return ask(this.syncUrl.replace("ENTRY", record.entry), {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify({
        judge: this.judge,
        device: this.device,
        edit: record.edit,
        base: record.base,
        submit: record.isSubmit,
        ...record.values,
      }),
    });
  }

  // Whether the server has answered for a record, with yes or with no.
  async send(record) {
    let answer;
    try {
      answer = await this.post(record);
      if (answer.status === 400 && (await this.refresh())) answer = await this.post(record); // a token that ran out
    } catch {
      this.setOffline(true);
      return false;
    }
    this.setOffline(false);
    const { status, body } = answer;
    if (status === 200) return this.taken(record, body.sheet);
    if (status === 401 || status === 410) return this.stop("signed-out", body.error?.message);
    if (body.error?.code === "wrong_judge") return this.stop("stranger", body.error.message);
    if (status === 429 || status >= 500 || !body.error) return false;
    return this.refused(record, status, body.error);
  }

  async taken(sent, sheet) {
    const entry = this.find(sent.entry);
    if (entry) {
      entry.sheet = sheet;
      if (sheet.state === "submitted") entry.returned = null;
      this.store.keep(`told:${this.prefix}`, { told: this.told, offset: this.offset });
    }
    await this.write(sent.entry, (held) => {
      if (!held || held.edit <= sent.edit) return null;
      return { ...held, base: sheet.version };
    });
    return true;
  }

  async refused(sent, status, error) {
    const kinds = {
      sheet_edited_elsewhere: "conflict",
      sheet_submitted: "locked",
      sheet_late: "late",
      round_not_open: "late",
      entry_withdrawn: "gone",
      recused: "gone",
      not_found: "gone",
    };
    const kind = kinds[error.code] ?? (status === 422 ? "refused" : null);
    if (kind === null) return false;
    const problem = { kind, message: error.message, field: error.field ?? null, code: error.code };
    if (kind !== "refused") {
      const isFresh = await this.refresh();
      const theirs = this.find(sent.entry)?.sheet ?? null;
      if (kind === "conflict" || kind === "locked") {
        if (!isFresh || !theirs) return false; // what the other device holds has to be seen first
        problem.theirs = theirs;
      }
    }
    await this.write(sent.entry, (held) => {
      if (!held || (kind === "refused" && held.edit > sent.edit)) return undefined;
      return { ...held, isSubmit: kind === "refused" || kind === "conflict" ? false : held.isSubmit, problem };
    });
    return true;
  }

  // What the page shows goes from the device; what waits to be sent stays.
  forget() {
    return this.store.keep(`told:${this.prefix}`, null);
  }
}
