import { toast } from "./toast.js";

// navigator.clipboard exists on https and localhost alone; elsewhere a selection is copied.
async function copy(text, near) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  near.after(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  near.focus();
  if (!done) throw new Error("refused");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await copy(button.dataset.copy, button);
    toast(button.dataset.copied, "success");
  } catch {
    toast(button.dataset.copyFailed, "warning");
  }
});
