// The captain's workspace: saves as one types, keeps what could not be saved on this device, and
// never overwrites what another window has saved. Without it the form works as any other.
//
// POST {version, fields} answers 200 {version, time, members: [{id, state}], checklist_html}; a refusal is
// {error: {code, message}, errors: {control: [message]}, stored: {version, fields}}.
import { device } from "./entries_device.js";
import { Rescue } from "./entries_rescue.js";
import { rowsOf, setRows, startRows } from "./entries_rows.js";
import { startUploads } from "./entries_upload.js";

const QUIET = 1500; // ms without a key
const RETRY = 5000;
const PARTS = { member: "members", adviser: "advisers" };

function showFragment(place, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
}

const tidy = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").trim();

class Workspace {
  constructor(form) {
    this.form = form;
    this.key = `entry:${form.dataset.entry}`;
    this.timer = 0;
    this.isDirty = false;
    this.isStopped = false;
    this.running = null;
    this.sent = null;
    this.sentRows = [];
    this.locked = new Set((form.dataset.locked ?? "").split(" ").filter(Boolean));
    this.rescue = new Rescue(form, this.key, (fields) => this.fill(fields));
    startRows(form, () => this.changed());
    startUploads(form, this, showFragment);
    form.addEventListener("input", (event) => this.changed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("focusout", () => this.isDirty && this.save());
    form.addEventListener("click", (event) => this.waitFirst(event), true);
    document.querySelector("[data-team-reload]").addEventListener("click", async (event) => {
      event.preventDefault();
      await this.save();
      if (!this.isDirty) location.reload();
    });
    window.addEventListener("online", () => this.isDirty && this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.isDirty) this.save();
    });
    this.restore();
  }

  get memberRows() {
    return rowsOf(this.form.querySelector('[data-rows="member"]'));
  }

  // What is locked is not sent, and nothing kept on the device replaces it.
  isOpen(name) {
    const part = name.split("-")[0];
    if (part === "university_id") return !this.locked.has("members");
    return !this.locked.has(part);
  }

  get version() {
    return Number(this.form.elements.namedItem("version").value);
  }

  set version(value) {
    this.form.elements.namedItem("version").value = value;
  }

  fields() {
    const data = {};
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && name !== "csrf_token" && name !== "version") data[name] = value;
    }
    return data;
  }

  same(mine, stored) {
    const names = new Set([...Object.keys(mine), ...Object.keys(stored)]);
    names.delete("members-0-university_id"); // the captain's is the project's
    const typed = [...names].filter((name) => this.isOpen(name) && !/^members-\d+-id$/.test(name));
    return typed.every((name) => tidy(mine[name] ?? "") === tidy(stored[name] ?? ""));
  }

  fill(fields) {
    for (const [part, prefix] of Object.entries(PARTS)) {
      if (!this.isOpen(prefix)) continue;
      const numbers = Object.keys(fields).flatMap((name) => name.match(new RegExp(`^${prefix}-(\\d+)-`))?.[1] ?? []);
      const count = Math.max(-1, ...numbers.map(Number)) + 1;
      setRows(this.form, part, Array.from({ length: count }, (_, at) => fields[`${prefix}-${at}-id`] ?? ""));
    }
    for (const control of this.form.elements) {
      if (!control.name || ["version", "csrf_token", "op"].includes(control.name) || control.type === "file") continue;
      if (control.type === "checkbox") control.checked = control.name in fields;
      else if (control.name in fields) control.value = fields[control.name];
    }
    this.form.dispatchEvent(new Event("input", { bubbles: false }));
    for (const area of this.form.querySelectorAll("textarea, input")) area.dispatchEvent(new Event("input"));
  }

  say(state, message) {
    for (const status of document.querySelectorAll("[data-autosave-status]")) {
      status.dataset.autosaveStatus = state;
      status.querySelector("[data-autosave-text]").textContent = message ?? status.dataset[state];
    }
  }

  changed(event) {
    if (event?.target?.type === "file") return;
    this.isDirty = true;
    this.keep();
    if (this.isStopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET);
  }

  keep() {
    device.write(localStorage, this.key, { version: this.version, fields: this.fields() });
  }

  // What an earlier visit could not save comes back, unless the entry has moved on since.
  restore() {
    const kept = device.read(localStorage, this.key);
    if (!kept) return;
    kept.fields = Object.fromEntries(Object.entries(kept.fields).filter(([name]) => this.isOpen(name)));
    if (this.same(kept.fields, this.fields())) {
      // stored, or on a refused page and not stored yet
      if (!document.querySelector("[data-error-summary]")) device.drop(localStorage, this.key);
    } else if (kept.version === this.version) {
      this.fill(kept.fields);
      document.querySelector("[data-restored]").hidden = false;
      this.isDirty = true;
      this.save();
    } else {
      this.stop("conflict");
      this.rescue.conflict(kept.fields);
    }
  }

  // A button that sends the form waits for the save that is on its way, or its own version
  // would be one behind.
  waitFirst(event) {
    const button = event.target.closest("button[type=submit]");
    if (!button || !this.running || button.matches("[data-add], [data-move]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.running.finally(() => button.click());
  }

  save() {
    clearTimeout(this.timer);
    if (this.isStopped || !this.form.isConnected) return Promise.resolve();
    this.running ??= this.send().finally(() => {
      this.running = null;
      if (this.isDirty && !this.timer && !this.isStopped) this.timer = setTimeout(() => this.save(), QUIET);
    });
    return this.running;
  }

  async send() {
    this.timer = 0;
    this.isDirty = false;
    this.sent = this.fields();
    this.sentRows = this.memberRows;
    this.say("saving");
    let response;
    try {
      response = await fetch(this.form.dataset.saveUrl, {
        method: "POST",
        body: JSON.stringify({ version: this.version, fields: this.sent }),
        headers: {
          Accept: "application/json",
          "Content-Type": "application/json",
          "X-CSRFToken": this.form.elements.namedItem("csrf_token").value,
        },
      });
      if (response.status >= 500) throw new Error("server");
    } catch {
      this.isDirty = true;
      this.say("offline");
      this.timer = setTimeout(() => this.save(), RETRY);
      return;
    }
    const told = (response.headers.get("Content-Type") ?? "").includes("json") ? await response.json() : {};
    if (response.ok) this.saved(told);
    else this.refused(told);
  }

  saved(told) {
    this.version = told.version;
    this.nameRows(told.members);
    this.showErrors({});
    if (this.isDirty) {
      this.keep();
    } else {
      device.drop(localStorage, this.key);
      const pattern = document.querySelector("[data-autosave-status]")?.dataset.saved ?? "{time}";
      this.say("saved", pattern.replace("{time}", told.time));
      document.querySelector("[data-restored]").hidden = true;
    }
    this.showChecklist(told.checklist_html);
  }

  // A new row learns which member it has become, wherever it stands by now. Whoever confirmed or
  // left meanwhile is told of, not put into the form under the captain's hands.
  nameRows(members) {
    if (this.locked.has("members")) return;
    this.sentRows.forEach((row, at) => {
      if (members[at]) row.querySelector('input[name$="-id"]').value = members[at].id;
    });
    const shown = new Map(this.sentRows.map((row, at) => [members[at]?.id, row.dataset.state ?? "listed"]));
    const isNews = members.some(({ id, state }) => !shown.has(id) || (state === "confirmed") !== (shown.get(id) === "confirmed"));
    document.querySelector("[data-team-news]").hidden = !isNews;
  }

  showChecklist(html) {
    const place = document.querySelector("[data-checklist]");
    if (place && html) showFragment(place, html);
  }

  refused(told) {
    if (told.error?.code === "edited_elsewhere") {
      // An answer that was lost on its way looks like another window: the stored text is ours.
      if (this.same(this.sent, told.stored.fields)) {
        this.version = told.stored.version;
        this.sentRows.forEach((row, at) => {
          row.querySelector('input[name$="-id"]').value = told.stored.fields[`members-${at}-id`] ?? "";
        });
        this.isDirty = !this.same(this.fields(), told.stored.fields);
        if (!this.isDirty) {
          device.drop(localStorage, this.key);
          this.say("idle", "");
        }
        return;
      }
      this.stop("conflict");
      this.rescue.conflict(this.fields());
      return;
    }
    if (told.error?.code === "part_locked") {
      this.stop("failed", told.error.message);
      this.rescue.locked(this.fields(), told.error.message);
      return;
    }
    if (told.error?.code === "entry_locked") this.isStopped = true;
    this.say("failed", told.error?.message);
    this.showErrors(told.errors ?? {});
  }

  stop(state, message) {
    this.isStopped = true;
    this.say(state, message);
  }

  showErrors(errors) {
    for (const shown of this.form.querySelectorAll("[data-live-error]")) {
      const field = shown.closest(".field");
      field.classList.remove("field--wrong");
      field.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
      shown.remove();
    }
    for (const [name, messages] of Object.entries(errors)) {
      const control = this.form.elements.namedItem(name);
      const field = control?.closest?.(".field");
      if (!field) continue;
      const box = document.createElement("div");
      box.className = "field__errors";
      box.dataset.liveError = "";
      box.setAttribute("role", "alert");
      for (const message of messages) {
        const line = document.createElement("p");
        line.textContent = message;
        box.append(line);
      }
      control.setAttribute("aria-invalid", "true");
      field.classList.add("field--wrong");
      control.before(box);
    }
  }
}

for (const form of document.querySelectorAll("form[data-entry]")) new Workspace(form);
