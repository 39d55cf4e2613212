// Keeps open what a reader has opened in a checklist, whenever an autosave sends the list anew.
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

for (const place of document.querySelectorAll("[data-checklist]")) {
  new MutationObserver(() => {
    for (const details of place.querySelectorAll("details")) if (open.has(details.id)) details.open = true;
  }).observe(place, { childList: true });
}
