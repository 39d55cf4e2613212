// Keeps open what a reader has opened in a checklist, whenever an autosave sends the list anew, and
// tells how much is missing where a link leads to it.
const open = new Set();

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.id || !target.closest("[data-checklist]")) return;
    if (target.open) open.add(target.id);
    else if (target.isConnected) open.delete(target.id);
  },
  true,
);

function showCount(count) {
  for (const link of document.querySelectorAll("[data-to-missing]")) {
    link.textContent = count ? link.dataset.some.replace("{n}", count) : link.dataset.none;
  }
}

for (const place of document.querySelectorAll("[data-checklist]")) {
  new MutationObserver(() => {
    for (const details of place.querySelectorAll("details")) if (open.has(details.id)) details.open = true;
    showCount(Number(place.querySelector("[data-missing-count]")?.dataset.missingCount ?? 0));
  }).observe(place, { childList: true });
}
