// What every page has. Each part works by delegation or is started on each new piece of the page.
import { startAutosave } from "./autosave.js";
import { startCountdowns } from "./countdown.js";
import "./copy.js";
import "./dialog.js";
import { startFields } from "./fields.js";
import { startForms } from "./forms.js";
import "./menu.js";
import "./upload.js";

const start = (root) => {
  startForms(root);
  startFields(root);
  startCountdowns(root);
  startAutosave(root);
  if (root.querySelector("[data-chart]")) {
    import("./chart.js").then((charts) => charts.startCharts(root));
  }
};

start(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body || document.readyState === "complete") start(event.detail.elt);
});
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  event.target.closest("[data-dismiss]")?.parentElement.remove();
});
