// A part of an entry with a page of its own, such as its form or its company: saves as one types,
// keeps what could not be saved on this device, and never overwrites what another window has
// saved. Without it the form works as any other. js/entries.js makes the captain's workspace of it.
//
// <form data-part="answers:…" data-save-url="…"> with a hidden `version`, and on the page
// components/autosave and entries/_part_conflict.html. POST {version, fields} answers 200
// {version, time} and optionally {errors, checklist_html}; a refusal is {error: {code, message},
// errors: {control: [message]}, stored: {version, fields}}.
//
// Events on the form: `part:fill` before fields are put back, with them as detail, so that rows
// can be made; `part:saved` with the answer as detail. Send it `part:changed` after a change that
// no input event tells of.
import { device } from "./entries_device.js";
import { Rescue } from "./entries_rescue.js";
import { showChecklist } from "./fragment.js";

const QUIET = 1500; // ms without a key
const RETRY = 5000;
const OWN = ["version", "csrf_token", "op"];

const tidy = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").trim();

export class Part {
  constructor(form, key) {
    this.form = form;
    this.key = key;
    this.timer = 0;
    this.isDirty = false;
    this.isStopped = false;
    this.running = null;
    this.sent = null;
    this.rescue = new Rescue(form, key, (fields) => this.fill(fields));
    this.start();
    form.addEventListener("input", (event) => this.changed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("part:changed", () => this.changed());
    form.addEventListener("focusout", () => this.isDirty && this.save());
    form.addEventListener("click", (event) => this.waitFirst(event), true);
    window.addEventListener("online", () => this.isDirty && this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.isDirty) this.save();
    });
    this.restore();
  }

  // What a page needs before anything is put back.
  start() {}

  // Whether a field is this page's to write.
  isOpen(_name) {
    return true;
  }

  // Whether a difference in a field is one.
  counts(name) {
    return this.isOpen(name);
  }

  // Whether a control is filled when fields are put back.
  isFilled(control) {
    return control.type !== "hidden";
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
      if (typeof value === "string" && !OWN.includes(name)) data[name] = value;
    }
    return data;
  }

  same(mine, stored) {
    const names = new Set([...Object.keys(mine), ...Object.keys(stored)]);
    const typed = [...names].filter((name) => this.counts(name));
    return typed.every((name) => tidy(mine[name] ?? "") === tidy(stored[name] ?? ""));
  }

  fill(fields) {
    this.form.dispatchEvent(new CustomEvent("part:fill", { detail: fields }));
    for (const control of this.form.elements) {
      if (!control.name || OWN.includes(control.name) || control.type === "file") continue;
      if (!this.isOpen(control.name) || !this.isFilled(control)) continue;
      if (control.type === "checkbox") control.checked = control.name in fields;
      else if (control.type === "radio") control.checked = fields[control.name] === control.value;
      else control.value = fields[control.name] ?? "";
    }
    for (const field of this.form.querySelectorAll("textarea, input, select")) field.dispatchEvent(new Event("input"));
    this.form.dispatchEvent(new Event("input"));
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

  // What an earlier visit could not save comes back, unless the part has moved on since.
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
    if (!button || !this.running || button.matches("[data-on-the-spot]")) return;
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
    this.showErrors(told.errors ?? {});
    if (this.isDirty) {
      this.keep();
    } else {
      device.drop(localStorage, this.key);
      const pattern = document.querySelector("[data-autosave-status]")?.dataset.saved ?? "{time}";
      this.say("saved", pattern.replace("{time}", told.time));
      document.querySelector("[data-restored]").hidden = true;
    }
    showChecklist(told.checklist_html);
    this.form.dispatchEvent(new CustomEvent("part:saved", { detail: told }));
  }

  refused(told) {
    if (told.error?.code === "edited_elsewhere" && told.stored) {
      // An answer that was lost on its way looks like another window: the stored text is ours.
      if (this.same(this.sent, told.stored.fields)) {
        this.settled(told.stored);
        return;
      }
      this.stop("conflict");
      this.rescue.conflict(this.fields());
      return;
    }
    if (told.error?.code === "entry_locked") this.isStopped = true;
    this.say("failed", told.error?.message);
    this.showErrors(told.errors ?? {});
  }

  // What was sent is stored, although the answer never came.
  settled(stored) {
    this.version = stored.version;
    this.isDirty = !this.same(this.fields(), stored.fields);
    if (!this.isDirty) {
      device.drop(localStorage, this.key);
      this.say("idle", "");
    }
  }

  stop(state, message) {
    this.isStopped = true;
    this.say(state, message);
  }

  // The control, or the first of several, that bears a name.
  control(name) {
    const found = this.form.elements.namedItem(name);
    if (found) return found instanceof RadioNodeList ? found[0] : found;
    return document.getElementById(name);
  }

  showErrors(errors) {
    for (const shown of this.form.querySelectorAll(".field__errors")) {
      const field = shown.closest(".field");
      field?.classList.remove("field--wrong");
      for (const wrong of field?.querySelectorAll("[aria-invalid]") ?? []) wrong.removeAttribute("aria-invalid");
      shown.remove();
    }
    for (const [name, messages] of Object.entries(errors)) {
      const control = this.control(name);
      const field = control?.closest(".field");
      if (!field) continue;
      const box = document.createElement("div");
      box.className = "field__errors";
      box.setAttribute("role", "alert");
      for (const message of messages) {
        const line = document.createElement("p");
        line.textContent = message;
        box.append(line);
      }
      control.setAttribute("aria-invalid", "true");
      field.classList.add("field--wrong");
      (field.querySelector("[data-errors-before]") ?? control.closest(".affix") ?? control).before(box);
    }
  }
}

for (const form of document.querySelectorAll("form[data-part]")) new Part(form, `part:${form.dataset.part}`);
