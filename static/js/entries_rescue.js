// What could not be saved: another window was faster, or the closing moment was. Nothing typed is lost.
import { device } from "./entries_device.js";

function open(panel) {
  panel.hidden = false;
  panel.focus();
  panel.scrollIntoView({ block: "center" });
}

// The typed text as lines of "label: value", in the order of the form.
function readable(form) {
  const lines = [];
  for (const control of form.elements) {
    if (!control.matches("input:not([type=hidden], [type=file]), select, textarea") || !control.name) continue;
    const isChoice = ["checkbox", "radio"].includes(control.type);
    if (isChoice ? !control.checked : !control.value) continue;
    const number = control.closest("[data-row]")?.querySelector("[data-row-number]")?.textContent;
    const label = `${number ? `${number} ` : ""}${control.labels[0]?.textContent.trim() ?? control.name}`;
    const value = control.tagName === "SELECT" ? control.selectedOptions[0].textContent : control.value;
    lines.push(isChoice ? label : `${label}: ${value}`);
  }
  return lines.join("\n");
}

export class Rescue {
  // `fill` puts fields into the form; `key` is where the device keeps them.
  constructor(form, key, fill) {
    this.form = form;
    this.key = key;
    this.fill = fill;
    this.mine = {};
    this.startCopy();
    document.querySelector("[data-conflict-drop]").addEventListener("click", () => this.leave());
    document.querySelector("[data-conflict-keep]").addEventListener("click", () => {
      this.keepCopy();
      this.leave();
    });
    document.querySelector("[data-lock-save]")?.addEventListener("click", () => {
      this.keepCopy();
      device.drop(localStorage, this.key);
    });
  }

  // Another window has saved.
  conflict(mine) {
    this.mine = mine;
    open(document.querySelector("[data-rescue]"));
  }

  // The closing moment has passed under one's hands.
  locked(mine, words) {
    this.mine = mine;
    const panel = document.querySelector("[data-lock-rescue]");
    panel.querySelector("[data-lock-words]").textContent = words;
    open(panel);
  }

  keepCopy() {
    this.fill(this.mine);
    device.write(sessionStorage, `${this.key}:copy`, readable(this.form));
  }

  leave() {
    device.drop(localStorage, this.key);
    const here = new URL(location.href);
    here.hash = "";
    location.replace(here);
  }

  startCopy() {
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
  }
}
