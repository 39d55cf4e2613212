// Presets of a roadshow's minutes: a press fills the three numbers.
const group = document.querySelector("[data-minutes]");
const fields = {
  pitch: document.getElementById("pitch_minutes"),
  qa: document.getElementById("qa_minutes"),
  scoring: document.getElementById("scoring_minutes"),
};

function show() {
  for (const preset of group.querySelectorAll("button")) {
    const same = preset.dataset.pitch === fields.pitch.value && preset.dataset.qa === fields.qa.value;
    preset.setAttribute("aria-pressed", String(same));
  }
}

if (group) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const preset = event.target.closest("button");
    if (!preset) return;
    for (const [name, field] of Object.entries(fields)) field.value = preset.dataset[name];
    show();
  });
  for (const field of Object.values(fields)) field.addEventListener("input", show);
  show();
}
