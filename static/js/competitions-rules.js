// Presets of a round's rules: a press fills the fields that it names.
function control(name) {
  return document.querySelectorAll(`[name="${name}"]`);
}

function value(name) {
  const fields = [...control(name)];
  const picked = fields.find((field) => field.type !== "radio" || field.checked);
  return picked?.value ?? "";
}

function fill(name, wanted) {
  for (const field of control(name)) {
    if (field.type === "radio") field.checked = field.value === wanted;
    else field.value = wanted;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const groups = [...document.querySelectorAll("[data-presets]")];

function show() {
  for (const preset of document.querySelectorAll("[data-presets] button")) {
    const fills = Object.entries(JSON.parse(preset.dataset.fills));
    preset.setAttribute("aria-pressed", String(fills.every(([name, wanted]) => value(name) === String(wanted))));
  }
}

for (const group of groups) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const preset = event.target.closest("button");
    if (!preset) return;
    for (const [name, wanted] of Object.entries(JSON.parse(preset.dataset.fills))) fill(name, String(wanted));
    show();
  });
}
document.addEventListener("input", show);
document.addEventListener("change", show);
show();
