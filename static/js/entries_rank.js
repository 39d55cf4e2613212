// Dragging recommended entries into their order. The buttons beside them do the same without it.
import { toast } from "./toast.js";

const lines = (list) => [...list.querySelectorAll("[data-entry]")];

async function save(list, moved) {
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
    lines(list).forEach((line, at) => {
      line.querySelector("[data-rank]").textContent = at + 1;
    });
    const news = list.parentElement.querySelector("[data-ranking-news]");
    news.textContent = list.dataset.moved
      .replace("{name}", moved.dataset.name)
      .replace("{n}", lines(list).indexOf(moved) + 1);
  } catch (failure) {
    toast(failure instanceof TypeError || !failure.message ? list.dataset.failed : failure.message, "danger");
    setTimeout(() => window.location.reload(), 2500);
  }
}

for (const list of document.querySelectorAll("[data-ranking]")) {
  if (!window.Sortable || lines(list).length < 2) continue;
  for (const grip of list.querySelectorAll(".ranking__grip")) grip.hidden = false;
  window.Sortable.create(list, {
    handle: "[data-grip]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd: (drop) => {
      if (drop.oldIndex !== drop.newIndex) save(list, drop.item);
    },
  });
}
