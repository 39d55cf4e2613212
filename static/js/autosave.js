// Saves a form as one types. One request at a time; what was typed meanwhile goes with the next.
//
// The address answers JSON: 200 {time: "22:41", version: 7}; 409 and 422 {error: {message}}.
// A hidden field named `version` goes along and takes the new value, so that a second tab is told.
const QUIET = 1200; // ms without a key
const RETRY = 5000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.timer = 0;
    this.isSaving = false;
    this.isDirty = false;
    this.isOver = false; // submitted, or overtaken by another tab
    this.isOvertaken = false;
    form.addEventListener("input", (event) => this.changed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("submit", () => this.stop());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && !this.isOvertaken) this.isOver = false; // back from the page after submitting
    });
    window.addEventListener("online", () => this.isDirty && this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.isDirty) this.save();
    });
  }

  changed(event) {
    if (this.isOver || event.target.type === "file") return;
    this.isDirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET);
  }

  stop() {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  say(state, message) {
    for (const status of document.querySelectorAll("[data-autosave-status]")) {
      status.dataset.autosaveStatus = state;
      status.querySelector("[data-autosave-text]").textContent = message ?? status.dataset[state];
    }
  }

  body() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) {
      if (value instanceof File) data.delete(name);
    }
    return data;
  }

  async save() {
    clearTimeout(this.timer);
    if (this.isSaving || this.isOver || !this.form.isConnected) return;
    this.isSaving = true;
    this.isDirty = false;
    this.say("saving");
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: this.body(),
        headers: { Accept: "application/json" },
        keepalive: true,
      });
      await this.heard(answer);
    } catch {
      this.isDirty = true;
      this.say("offline");
      this.timer = setTimeout(() => this.save(), RETRY);
    } finally {
      this.isSaving = false;
    }
    if (this.isDirty && !this.timer) this.save();
  }

  async heard(answer) {
    this.timer = 0;
    if (answer.status >= 500) throw new Error("server");
    const told = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : {};
    if (answer.ok) {
      const version = this.form.elements.namedItem("version");
      if (version && told.version !== undefined) version.value = told.version;
      const pattern = document.querySelector("[data-autosave-status]")?.dataset.saved ?? "{time}";
      if (!this.isDirty) this.say("saved", pattern.replace("{time}", told.time ?? ""));
      this.form.dispatchEvent(new CustomEvent("autosave:saved", { detail: told, bubbles: true }));
    } else if (answer.status === 409) {
      this.isOvertaken = true;
      this.stop();
      this.say("conflict", told.error?.message);
    } else {
      this.say("failed", told.error?.message);
    }
  }
}

const known = new WeakSet();

export function startAutosave(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (known.has(form)) continue;
    known.add(form);
    new Autosave(form);
  }
}
