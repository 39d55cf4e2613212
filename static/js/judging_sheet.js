// The scoresheet: sliders and steppers beside the marks, the sum, and a copy on this device until
// the server has everything. Saving itself is js/autosave.js.
const form = document.querySelector("form[data-sheet]");
const store = `sheet:${location.pathname}`;
const cents = (text) => Math.round(Number(text) * 100);

// Full-width digits and the Chinese full stop are how some keyboards write numbers.
const normal = (text) => text.normalize("NFKC").replace(/[。,]/g, ".").trim();

function problem(text, max) {
  if (text === "") return "";
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(text)) return form.dataset.digits;
  if ((text.split(".")[1] ?? "").length > 2) return form.dataset.decimals;
  return Number(text) > Number(max) ? form.dataset.range.replace("{max}", String(Number(max))) : "";
}

function sum() {
  const marks = [...form.querySelectorAll("[data-score]")].map((score) => {
    const text = normal(score.querySelector("[inputmode]").value);
    return text !== "" && !problem(text, score.dataset.max) ? cents(text) : 0;
  });
  form.querySelector("[data-total]").textContent = (marks.reduce((a, b) => a + b, 0) / 100).toFixed(2);
}

class Score {
  constructor(score) {
    this.score = score;
    this.max = score.dataset.max;
    this.input = score.querySelector("[inputmode]");
    this.slider = score.querySelector("[type=range]");
    this.errors = score.querySelector(".field__errors");
    this.slider.hidden = this.slider.disabled = false;
    this.input.addEventListener("input", (event) => this.typed(event));
    this.slider.addEventListener("input", () => this.give(Number(this.slider.value)));
    for (const button of score.querySelectorAll("[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
    this.input.addEventListener("compositionend", (event) => this.typed(event));
    this.mirror();
  }

  step(by) {
    const size = Number(this.slider.step);
    const held = Number(normal(this.input.value)) || 0;
    this.give(Math.min(Number(this.max), Math.max(0, held + by * size)));
  }

  give(points) {
    this.input.value = String(Math.round(points * 100) / 100);
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  mirror() {
    const text = normal(this.input.value);
    this.score.toggleAttribute("data-blank", text === "");
    if (!problem(text, this.max)) this.slider.value = text === "" ? "0" : text;
  }

  typed(event) {
    const text = normal(this.input.value);
    if (!event.isComposing && text !== this.input.value) this.input.value = text;
    const words = problem(text, this.max);
    this.score.classList.toggle("field--wrong", words !== "");
    this.input.setAttribute("aria-invalid", String(words !== ""));
    this.errors.replaceChildren();
    if (words) {
      const line = document.createElement("p");
      line.textContent = words;
      this.errors.append(line);
    }
    this.mirror();
    sum();
  }
}

const fields = () =>
  [...form.elements].filter((field) => /^(mark_|gate_|feedback$|note$)/.test(field.name));

// A copy of what is typed, for a dead network and a closed page; only beside the version it began from.
function keep() {
  const values = {};
  for (const field of fields()) {
    if (field.type !== "radio") values[field.name] = field.value;
    else if (field.checked) values[field.name] = field.value;
  }
  const version = form.elements.namedItem("version").value;
  try {
    localStorage.setItem(store, JSON.stringify({ version, values }));
  } catch {
    // a full or forbidden storage: the server still saves
  }
}

const forget = () => localStorage.removeItem(store);

function restore() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(store));
  } catch {
    forget();
  }
  if (!kept || document.querySelector("[data-error-summary]")) return;
  if (kept.version !== form.elements.namedItem("version").value) return forget();
  let changed = null;
  for (const field of fields()) {
    const value = kept.values[field.name];
    if (value === undefined) continue;
    if (field.type === "radio" ? field.value === value && !field.checked : field.value !== value) {
      if (field.type === "radio") field.checked = true;
      else field.value = value;
      changed = field;
    }
  }
  if (!changed) return;
  document.getElementById("sheet-restored").hidden = false;
  changed.dispatchEvent(new Event("input", { bubbles: true }));
}

// A save on its way would outrun the version that this form sends: wait for it.
function submit(event) {
  const status = document.querySelector("[data-autosave-status]");
  if (status?.dataset.autosaveStatus !== "saving") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  let gone = false;
  const go = () => {
    if (gone) return;
    gone = true;
    form.requestSubmit(event.submitter);
  };
  form.addEventListener("autosave:saved", go, { once: true });
  setTimeout(() => {
    status.dataset.autosaveStatus = "idle";
    go();
  }, 4000);
}

if (form) {
  const scores = [...form.querySelectorAll("[data-score]")].map((score) => new Score(score));
  window.addEventListener("submit", (event) => event.target === form && submit(event), true);
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("autosave:saved", forget);
  setTimeout(() => {
    restore();
    for (const score of scores) score.mirror();
    sum();
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}
