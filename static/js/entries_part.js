// A part of an entry with a page of its own, such as its form or its company: saves as one types,
// keeps what could not be saved on this device, and never overwrites what another window has
// saved. Without it the form works as any other.
//
// <form data-part="answers:…" data-save-url="…"> with a hidden `version`, and on the page
// components/autosave and entries/_part_conflict.html. POST {version, fields} answers 200
// {version, time} and optionally {errors, checklist_html}; a refusal is {error: {code, message},
// errors: {control: [message]}, stored: {version, fields}}.
//
// Events on the form: `part:fill` before fields are put back, with them as detail, so that rows
// can be made; `part:saved` with the answer as detail. Send it `part:changed` after a change that
// no input event tells of.
const QUIET = 1500; // ms without a key
const RETRY = 5000;
const OWN = ["version", "csrf_token", "op"];

const tidy = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").trim();

function same(mine, stored) {
  const names = new Set([...Object.keys(mine), ...Object.keys(stored)]);
  return [...names].every((name) => tidy(mine[name] ?? "") === tidy(stored[name] ?? ""));
}

function showFragment(place, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
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

class Part {
  constructor(form) {
    this.form = form;
    this.key = `part:${form.dataset.part}`;
    this.timer = 0;
    this.isDirty = false;
    this.isStopped = false;
    this.running = null;
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
      if (typeof value === "string" && !OWN.includes(name)) data[name] = value;
    }
    return data;
  }

  fill(fields) {
    this.form.dispatchEvent(new CustomEvent("part:fill", { detail: fields }));
    for (const control of this.form.elements) {
      if (!control.name || OWN.includes(control.name) || ["file", "hidden"].includes(control.type)) continue;
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
    device.write(localStorage, this.key, { version: this.version, fields: this.fields() });
    if (this.isStopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET);
  }

  // What an earlier visit could not save comes back, unless the part has moved on since.
  restore() {
    const kept = device.read(localStorage, this.key);
    if (!kept) return;
    if (same(kept.fields, this.fields())) {
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
      device.write(localStorage, this.key, { version: this.version, fields: this.fields() });
    } else {
      device.drop(localStorage, this.key);
      const pattern = document.querySelector("[data-autosave-status]")?.dataset.saved ?? "{time}";
      this.say("saved", pattern.replace("{time}", told.time));
      document.querySelector("[data-restored]").hidden = true;
    }
    const place = document.querySelector("[data-checklist]");
    if (place && told.checklist_html) showFragment(place, told.checklist_html);
    this.form.dispatchEvent(new CustomEvent("part:saved", { detail: told }));
  }

  refused(told) {
    if (told.error?.code === "edited_elsewhere" && told.stored) {
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

  // The control, or the first of several, that bears a name.
  control(name) {
    const found = this.form.elements.namedItem(name);
    if (found) return found instanceof RadioNodeList ? found[0] : found;
    return document.getElementById(name);
  }

  showErrors(errors) {
    for (const shown of this.form.querySelectorAll(".field__errors")) {
      const field = shown.closest(".field");
      field.classList.remove("field--wrong");
      for (const wrong of field.querySelectorAll("[aria-invalid]")) wrong.removeAttribute("aria-invalid");
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
      const isChoice = ["checkbox", "radio"].includes(control.type);
      if (!control.name || ["hidden", "file"].includes(control.type) || control.tagName === "BUTTON") continue;
      if (isChoice ? !control.checked : !control.value) continue;
      const label = control.labels?.[0]?.textContent.trim() ?? control.name;
      const value = control.tagName === "SELECT" ? control.selectedOptions[0].textContent : control.value;
      lines.push(isChoice ? label : `${label}: ${value}`);
    }
    return lines.join("\n");
  }
}

for (const form of document.querySelectorAll("form[data-part]")) new Part(form);
