// Putting recommended entries into their order, by dragging or by the buttons beside them.
// Without this script the buttons send the page.
import { toast } from "./toast.js";

const lines = (list) => [...list.querySelectorAll("[data-entry]")];
const isFixed = (line) => !line || line.classList.contains("ranking__line--fixed");

// What an approved entry holds stays: nothing moves past it.
function settle(list) {
  const all = lines(list);
  all.forEach((line, at) => {
    line.querySelector("[data-rank]").textContent = at + 1;
    for (const form of line.querySelectorAll("[data-move]")) {
      form.querySelector("button").disabled = isFixed(all[at + (form.dataset.move === "up" ? -1 : 1)]);
    }
  });
}

async function save(list, moved) {
  settle(list);
  const body = new URLSearchParams({
    csrf_token: document.querySelector('meta[name="csrf-token"]').content,
    order: lines(list).map((line) => line.dataset.entry).join(" "),
  });
  try {
    const answer = await fetch(list.dataset.ranking, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) {
      const refusal = await answer.json().catch(() => ({}));
      throw new Error(refusal.error?.message);
    }
    const news = list.parentElement.querySelector("[data-ranking-news]");
    news.textContent = list.dataset.moved
      .replace("{name}", moved.dataset.name)
      .replace("{n}", lines(list).indexOf(moved) + 1);
  } catch (failure) {
    toast(failure instanceof TypeError || !failure.message ? list.dataset.failed : failure.message, "danger");
    setTimeout(() => window.location.reload(), 2500);
  }
}

// Orders are sent one after another, so that the last one counts.
let queue = Promise.resolve();
const saveInTurn = (list, moved) => {
  queue = queue.then(() => save(list, moved));
};

function step(list, form) {
  const line = form.closest("[data-entry]");
  const up = form.dataset.move === "up";
  const other = up ? line.previousElementSibling : line.nextElementSibling;
  if (isFixed(other)) return;
  if (up) other.before(line);
  else other.after(line);
  settle(list);
  const button = form.querySelector("button");
  const usable = button.disabled ? line.querySelector("[data-move] button:not(:disabled)") : button;
  usable?.focus();
  saveInTurn(list, line);
}

for (const list of document.querySelectorAll("[data-ranking]")) {
  list.addEventListener("click", (event) => {
    const form = event.target.closest("[data-move] button")?.form;
    if (!form) return;
    event.preventDefault(); // the page stays, and nothing becomes busy
    step(list, form);
  });
  if (!window.Sortable || lines(list).length < 2) continue;
  for (const grip of list.querySelectorAll(".ranking__grip")) grip.hidden = false;
  window.Sortable.create(list, {
    handle: "[data-grip]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onMove: (move) => !isFixed(move.related),
    onEnd: (drop) => {
      if (drop.oldIndex !== drop.newIndex) saveInTurn(list, drop.item);
    },
  });
}
