// Character counters and file fields.
const say = (pattern, n) => pattern.replace("{n}", n);
const length = (text) => [...text].length; // a rare character or an emoji counts once

function count(note, field) {
  const left = Number(note.dataset.limit) - length(field.value);
  note.toggleAttribute("data-over-limit", left < 0);
  note.textContent = left < 0 ? say(note.dataset.over, -left) : say(note.dataset.left, left);
}

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function showFiles(drop) {
  const input = drop.querySelector("input[type=file]");
  const shown = drop.querySelector("[data-drop-chosen]");
  const files = [...input.files];
  const tooLarge = files.some((file) => drop.dataset.maxSize && file.size > Number(drop.dataset.maxSize));
  shown.toggleAttribute("data-wrong", tooLarge);
  if (tooLarge) {
    input.value = "";
    shown.textContent = drop.dataset.tooLarge;
  } else {
    shown.textContent = files.map((file) => `${file.name}（${size(file.size)}）`).join(" ");
  }
}

document.addEventListener("change", (event) => {
  const drop = event.target.closest("[data-drop]");
  if (drop) showFiles(drop);
});
for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    event.target.closest?.("[data-drop]")?.toggleAttribute("data-over", over);
  });
}

export function startFields(root) {
  for (const note of root.querySelectorAll("[data-counter]")) {
    const field = document.getElementById(note.dataset.counter);
    if (!field) continue;
    field.addEventListener("input", () => count(note, field));
    count(note, field);
  }
}
