// What every page has. Each part works by delegation or is started on each new piece of the page.
import { startAutosave } from "./autosave.js";
import { startCountdowns } from "./countdown.js";
import "./copy.js";
import "./dialog.js";
import { startFields } from "./fields.js";
import { startForms } from "./forms.js";
import { phraseHeadings } from "./headings.js";
import "./menu.js";
import "./upload.js";

const start = (root) => {
  phraseHeadings(root);
  startForms(root);
  startFields(root);
  startCountdowns(root);
  startAutosave(root);
  if (root.querySelector("[data-chart]")) {
    import("./chart.js").then((charts) => charts.startCharts(root));
  }
};

start(document);
for (const here of document.querySelectorAll(":is(.tab-bar, .side-nav, .masthead__nav) [aria-current]")) {
  const list = here.closest("ul");
  const row = list.scrollWidth > list.clientWidth ? list : list.parentElement;
  const at = here.getBoundingClientRect();
  const seen = row.getBoundingClientRect();
  if (at.right > seen.right || at.left < seen.left) row.scrollLeft += at.left - seen.left - (seen.width - at.width) / 2;
}
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
