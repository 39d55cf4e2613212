// How much of a form with files has been sent (htmx sends it).
const part = (form, selector) => form?.querySelector?.(selector);

document.addEventListener("htmx:xhr:loadstart", (event) => {
  const shown = part(event.target, "[data-upload-progress]");
  if (shown) shown.hidden = false;
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const shown = part(event.target, "[data-upload-progress]");
  if (!shown || !event.detail.lengthComputable) return;
  const percent = Math.floor((event.detail.loaded / event.detail.total) * 100);
  shown.querySelector("progress").value = percent;
  shown.querySelector("[data-upload-text]").textContent = `${percent} %`;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const shown = part(event.target, "[data-upload-progress]");
  if (shown) shown.hidden = true;
});
