// A chosen file goes up at once, piece by piece (tus): it survives a lost line and a reload, and
// says how far it is. One file at a time, so that a slow line is not shared. Without this, or in a
// browser that cannot, the form sends the file as forms do.
import { showChecklist, showFragment } from "./fragment.js";

const PIECE = 4 * 1024 * 1024;
const DELAYS = [0, 1000, 3000, 5000, 10000, 20000];
const WINDOW = 15000; // ms of the past by which the time left is guessed
const AGAIN = 2000;

const size = (bytes) => {
  const round = (number) => number.toFixed(1).replace(/\.0$/, "");
  let rest = bytes;
  for (const unit of ["B", "kB", "MB"]) {
    if (rest < 1000) return `${round(rest)} ${unit}`;
    rest /= 1000;
  }
  return `${round(rest)} GB`;
};

const fill = (pattern, facts) => pattern.replace(/\{(\w+)\}/g, (_match, name) => facts[name] ?? "");
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const token = () => document.querySelector("meta[name=csrf-token]").content;

class Transfer {
  constructor(desk, paper, file, ordinal) {
    Object.assign(this, { desk, paper, file, ordinal, past: [], isOver: false });
    this.row = desk.words.querySelector("template[data-transfer]").content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    this.part("cancel").addEventListener("click", () => this.cancel());
    this.part("retry").addEventListener("click", () => desk.add(this));
    this.say(desk.words.dataset.waiting);
    paper.querySelector("[data-transfers]").append(this.row);
  }

  part(name) {
    return this.row.querySelector(`[data-transfer-${name}]`);
  }

  say(text, isWrong = false, mayRetry = isWrong) {
    this.part("said").textContent = text;
    this.row.toggleAttribute("data-wrong", isWrong);
    this.part("retry").hidden = !mayRetry;
    this.part("bar").hidden = isWrong;
    if (isWrong) this.desk.announce(text);
  }

  run() {
    return new Promise((resolve) => {
      this.resolve = resolve;
      const requirement = this.paper.dataset.requirement;
      const { endpoint, entry } = this.desk.words.dataset;
      this.upload = new tus.Upload(this.file, {
        endpoint,
        chunkSize: PIECE,
        retryDelays: DELAYS,
        removeFingerprintOnSuccess: true,
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
        metadata: {
          filename: this.file.name,
          purpose: "entry_document",
          subject: entry,
          part: requirement,
          ordinal: String(this.ordinal),
        },
        fingerprint: async () =>
          ["entry", requirement, this.ordinal, this.file.name, this.file.size, this.file.lastModified].join("|"),
        onShouldRetry: (error) => {
          const status = error.originalResponse?.getStatus() ?? 0;
          return status === 0 || status >= 500 || [409, 423, 429].includes(status);
        },
        onProgress: (sent, total) => this.progress(sent, total),
        onSuccess: () => this.settle(),
        onError: (error) => this.failed(error),
      });
      this.start();
    });
  }

  async start() {
    const earlier = await this.upload.findPreviousUploads().catch(() => []);
    const last = earlier.sort((a, b) => (a.creationTime < b.creationTime ? 1 : -1))[0];
    if (last) this.upload.resumeFromPreviousUpload(last);
    if (!this.isOver) this.upload.start();
  }

  progress(sent, total) {
    if (this.isOver) return;
    const now = performance.now();
    this.past = [...this.past.filter((each) => now - each.at < WINDOW), { at: now, sent }];
    const first = this.past[0];
    const rate = (sent - first.sent) / Math.max(1, now - first.at);
    const { sending, seconds, minutes, checking } = this.desk.words.dataset;
    this.part("bar").value = Math.floor((sent / total) * 100);
    if (sent === total) {
      this.say(checking);
      return;
    }
    const facts = { n: Math.floor((sent / total) * 100), sent: size(sent), total: size(total) };
    const left = rate > 0 ? (total - sent) / rate / 1000 : 0;
    const guess = left > 90 ? fill(minutes, { n: Math.ceil(left / 60) }) : fill(seconds, { n: Math.ceil(left) });
    this.say(left && now - first.at > 1500 ? `${fill(sending, facts)} · ${guess}` : fill(sending, facts));
  }

  // All bytes are there; what became of them is asked for, since the last answer may be lost.
  async settle() {
    this.say(this.desk.words.dataset.checking);
    for (const delay of [...DELAYS, null]) {
      const told = await this.ask().catch(() => null);
      if (told?.state === "done") return this.done();
      if (told?.state === "refused") return this.refused(told.refusal);
      if (delay === null) break;
      await wait(delay || AGAIN);
    }
    this.say(this.desk.words.dataset.failed, true);
    return this.resolve();
  }

  async ask() {
    const answer = await fetch(this.upload.url, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (told.state === "whole") {
      const headers = {
        "X-CSRFToken": token(),
        Accept: "application/json",
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": String(this.file.size),
        "Content-Type": "application/offset+octet-stream",
      };
      await fetch(this.upload.url, { method: "PATCH", headers }); // tries once more to use it
      return (await fetch(this.upload.url, { headers: { Accept: "application/json" } })).json();
    }
    return told;
  }

  async done() {
    this.isOver = true;
    this.row.remove();
    await this.desk.refresh(this.paper);
    this.desk.announce(fill(this.desk.words.dataset.done, { name: this.file.name }));
    this.resolve();
  }

  async refused(message) {
    await this.desk.forget(this.upload.url);
    this.isOver = true;
    this.say(message, true, false);
    this.resolve();
  }

  failed(error) {
    if (this.isOver) return this.resolve();
    const response = error.originalResponse;
    let told = null;
    try {
      told = JSON.parse(response?.getBody() ?? "").error?.message;
    } catch {
      // no words of ours
    }
    if (told && response.getStatus() < 500) return this.refused(told);
    this.say(told ?? (navigator.onLine ? this.desk.words.dataset.failed : this.desk.words.dataset.offline), true);
    window.addEventListener("online", () => !this.isOver && this.row.hasAttribute("data-wrong") && this.desk.add(this), {
      once: true,
    });
    return this.resolve();
  }

  async cancel() {
    this.isOver = true;
    this.row.remove();
    this.desk.announce(fill(this.desk.words.dataset.cancelled, { name: this.file.name }));
    if (this.upload) await this.upload.abort(true).catch(() => {}); // nothing was begun, or the line is gone
    if (this.upload?.url) await this.desk.forget(this.upload.url);
    this.resolve?.();
  }
}

class Desk {
  constructor(root) {
    Object.assign(this, { root, waiting: [], running: null });
    this.words = document.querySelector("[data-upload-words]");
    this.replace = this.words.querySelector("[data-replace-input]");
    root.addEventListener("change", (event) => this.chosen(event));
    root.addEventListener("click", (event) => this.replaces(event));
    window.addEventListener("beforeunload", (event) => this.running && event.preventDefault());
    for (const paper of root.querySelectorAll("[data-paper]")) {
      this.prepare(paper);
      for (const button of paper.querySelectorAll("[data-paper-send]")) button.hidden = true;
    }
    this.showEarlier();
  }

  prepare(paper) {
    for (const button of paper.querySelectorAll("[data-replace]")) button.hidden = false;
  }

  announce(text) {
    document.querySelector("[data-upload-said]").textContent = text;
  }

  // the page's own check has emptied the field if the file is too large
  chosen(event) {
    const input = event.target.closest("input[type=file][data-upload], input[data-replace-input]");
    if (!input) return;
    setTimeout(() => {
      const [file] = input.files;
      if (!file) return;
      const paper = input === this.replace ? this.paper : input.closest("[data-paper]");
      const ordinal = input === this.replace ? this.ordinal : 0;
      input.value = "";
      const shown = paper.querySelector("[data-drop-chosen]");
      if (shown) shown.textContent = file.size ? "" : this.words.dataset.empty;
      if (!file.size) return;
      this.hideEarlier(paper, file);
      this.add(new Transfer(this, paper, file, ordinal));
    }, 0);
  }

  replaces(event) {
    const button = event.target.closest("[data-replace]");
    if (!button) return;
    this.paper = button.closest("[data-paper]");
    this.ordinal = Number(button.dataset.replace);
    this.replace.accept = this.paper.querySelector("[data-upload]")?.accept ?? "";
    this.replace.click();
  }

  add(transfer) {
    transfer.say(this.words.dataset.waiting);
    this.waiting.push(transfer);
    this.next();
  }

  next() {
    if (this.running) return;
    this.running = this.waiting.shift() ?? null;
    if (!this.running) return;
    const work = this.running.isOver ? Promise.resolve() : this.running.run();
    work.finally(() => {
      this.running = null;
      this.next();
    });
  }

  async refresh(paper) {
    const answer = await fetch(paper.dataset.refreshUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const told = await answer.json();
    showFragment(paper.querySelector("[data-versions]"), told.versions_html);
    this.prepare(paper);
    const add = paper.querySelector("[data-paper-add]");
    const full = paper.querySelector("[data-paper-full]");
    if (add) add.hidden = told.is_full && told.is_many;
    if (full) full.hidden = !(told.is_full && told.is_many);
    showChecklist(told.checklist_html);
  }

  async earlier() {
    const all = await tus.defaultOptions.urlStorage.findAllUploads().catch(() => []);
    return all.filter((each) => each.metadata?.subject === this.words.dataset.entry && each.uploadUrl);
  }

  async forget(url) {
    const all = await tus.defaultOptions.urlStorage.findAllUploads().catch(() => []);
    for (const each of all.filter((one) => one.uploadUrl === url)) {
      await tus.defaultOptions.urlStorage.removeUpload(each.urlStorageKey);
    }
  }

  // What an earlier visit did not bring to its end: how far it came, or why it was refused.
  async showEarlier() {
    for (const each of await this.earlier()) {
      const paper = this.root.querySelector(`[data-requirement="${each.metadata.part}"]`);
      const answer = await fetch(each.uploadUrl, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer || !paper) continue;
      const told = answer.ok ? await answer.json() : { state: "gone" };
      if (["done", "gone", "refused"].includes(told.state)) await this.forget(each.uploadUrl);
      if (["open", "whole", "refused"].includes(told.state)) this.showLeft(paper, each, told);
    }
  }

  showLeft(paper, each, told) {
    const row = this.words.querySelector("template[data-transfer]").content.firstElementChild.cloneNode(true);
    const percent = Math.floor((told.received / each.size) * 100);
    row.querySelector("[data-transfer-name]").textContent = each.metadata.filename;
    row.querySelector("[data-transfer-bar]").value = percent;
    row.querySelector("[data-transfer-said]").textContent =
      told.refusal ?? fill(this.words.dataset.paused, { n: percent });
    row.toggleAttribute("data-wrong", Boolean(told.refusal));
    row.dataset.left = `${each.metadata.filename}|${each.size}`;
    row.querySelector("[data-transfer-cancel]").addEventListener("click", async () => {
      row.remove();
      await this.forget(each.uploadUrl);
      if (!told.refusal) {
        const headers = { "X-CSRFToken": token(), "Tus-Resumable": "1.0.0", Accept: "application/json" };
        await fetch(each.uploadUrl, { method: "DELETE", headers }).catch(() => null);
      }
    });
    paper.querySelector("[data-transfers]").append(row);
  }

  hideEarlier(paper, file) {
    for (const row of paper.querySelectorAll("[data-left]")) {
      if (row.dataset.left === `${file.name}|${file.size}` || row.hasAttribute("data-wrong")) row.remove();
    }
  }
}

export function startUploads(root) {
  if (!document.querySelector("[data-upload-words]") || !window.tus?.isSupported) return;
  new Desk(root);
}
