// The captain's workspace: saves as one types, keeps what could not be saved on this device, and
// never overwrites what another window has saved. Without it the form works as any other.
//
// POST {version, fields} answers 200 {version, time, checklist_html}; a refusal is
// {error: {code, message}, errors: {control: [message]}, stored: {version, fields}}.
import { setRows, startRows } from "./entries_rows.js";
import { startUploads } from "./entries_upload.js";

const QUIET = 1500; // ms without a key
const RETRY = 5000;
const PARTS = { member: "members", adviser: "advisers" };

function showFragment(place, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
}

const tidy = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").trim();

function same(mine, stored) {
  const names = new Set([...Object.keys(mine), ...Object.keys(stored)]);
  names.delete("members-0-university_id"); // the captain's is the project's
  return [...names].every((name) => tidy(mine[name] ?? "") === tidy(stored[name] ?? ""));
}

// A device that refuses storage only loses the safety net.
const device = {
  read(store, key) {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  },
  write(store, key, value) {
    try {
      store.setItem(key, JSON.stringify(value));
    } catch {
      // full or forbidden
    }
  },
  drop(store, key) {
    try {
      store.removeItem(key);
    } catch {
      // forbidden
    }
  },
};

class Workspace {
  constructor(form) {
    this.form = form;
    this.key = `entry:${form.dataset.entry}`;
    this.timer = 0;
    this.isDirty = false;
    this.isStopped = false;
    this.running = null;
    this.sent = null;
    startRows(form, () => this.changed());
    startUploads(form, this, showFragment);
    form.addEventListener("input", (event) => this.changed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("focusout", () => this.isDirty && this.save());
    form.addEventListener("click", (event) => this.waitFirst(event), true);
    window.addEventListener("online", () => this.isDirty && this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.isDirty) this.save();
    });
    this.restore();
    this.startConflict();
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

  fill(fields) {
    for (const [part, prefix] of Object.entries(PARTS)) {
      const numbers = Object.keys(fields).flatMap((name) => name.match(new RegExp(`^${prefix}-(\\d+)-`))?.[1] ?? []);
      setRows(this.form, part, Math.max(-1, ...numbers.map(Number)) + 1);
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
    if (same(kept.fields, this.fields())) {
      // stored, or on a refused page and not stored yet
      if (!document.querySelector("[data-error-summary]")) device.drop(localStorage, this.key);
    } else if (kept.version === this.version) {
      this.fill(kept.fields);
      document.querySelector("[data-restored]").hidden = false;
      this.isDirty = true;
      this.save();
    } else {
      this.conflict(kept.fields);
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

  showChecklist(html) {
    const place = document.querySelector("[data-checklist]");
    if (place && html) showFragment(place, html);
  }

  refused(told) {
    if (told.error?.code === "edited_elsewhere") {
      // An answer that was lost on its way looks like another window: the stored text is ours.
      if (same(this.sent, told.stored.fields)) {
        this.version = told.stored.version;
        this.isDirty = !same(this.fields(), told.stored.fields);
        if (!this.isDirty) {
          device.drop(localStorage, this.key);
          this.say("idle", "");
        }
        return;
      }
      this.conflict(this.fields());
      return;
    }
    if (told.error?.code === "entry_locked") this.isStopped = true;
    this.say("failed", told.error?.message);
    this.showErrors(told.errors ?? {});
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

  // Another window has saved: stop, and let the person choose.
  conflict(mine) {
    this.isStopped = true;
    this.mine = mine;
    this.say("conflict");
    const panel = document.querySelector("[data-rescue]");
    panel.hidden = false;
    panel.focus();
    panel.scrollIntoView({ block: "center" });
  }

  startConflict() {
    const kept = document.querySelector("[data-copy-kept]");
    const text = device.read(sessionStorage, `${this.key}:copy`);
    if (text) {
      kept.hidden = false;
      kept.querySelector("[data-copy-text]").value = text;
    }
    kept.querySelector("[data-copy-close]").addEventListener("click", () => {
      device.drop(sessionStorage, `${this.key}:copy`);
      kept.hidden = true;
    });
    const leave = () => {
      device.drop(localStorage, this.key);
      const here = new URL(location.href);
      here.hash = "";
      location.replace(here);
    };
    document.querySelector("[data-conflict-drop]").addEventListener("click", leave);
    document.querySelector("[data-conflict-keep]").addEventListener("click", () => {
      device.write(sessionStorage, `${this.key}:copy`, this.readable(this.mine));
      leave();
    });
  }

  // The typed text as lines of "label: value", in the order of the form.
  readable(fields) {
    this.fill(fields);
    const lines = [];
    for (const control of this.form.elements) {
      const isText = control.matches("input:not([type=hidden], [type=checkbox], [type=file]), select, textarea");
      if (!isText || !control.name || !control.value) continue;
      const row = control.closest("[data-row]");
      const title = row ? `${row.querySelector("[data-row-number]").textContent} ` : "";
      const label = control.labels[0]?.textContent.trim() ?? control.name;
      const value = control.tagName === "SELECT" ? control.selectedOptions[0].textContent : control.value;
      lines.push(`${title}${label}: ${value}`);
    }
    return lines.join("\n");
  }
}

for (const form of document.querySelectorAll("form[data-entry]")) new Workspace(form);
