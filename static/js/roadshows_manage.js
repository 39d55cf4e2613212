// The set-up form: rows for rooms come and go, a preset fills the minutes.
const group = document.querySelector("[data-rooms]");
if (group) {
  const list = group.querySelector("ol");
  const add = group.querySelector("[data-room-add]");
  const most = Number(group.dataset.roomsMax);
  const rows = () => [...list.querySelectorAll("[data-room]")];
  const pattern = list.querySelector("[data-room-spare]") ?? list.lastElementChild;
  const spare = pattern.cloneNode(true);
  const fill = (words, n) => words.replace("{n}", n);

  const number = () => {
    rows().forEach((row, index) => {
      const input = row.querySelector("input");
      input.id = input.name = `rooms-${index}`;
      const label = row.querySelector("label");
      label.htmlFor = input.id;
      label.textContent = fill(add.dataset.label, index + 1);
      row.querySelector("[data-room-remove]").ariaLabel = fill(add.dataset.removeLabel, index + 1);
    });
    rows().forEach((row) => row.querySelector("[data-room-remove]").toggleAttribute("hidden", rows().length === 1));
    add.hidden = rows().length >= most;
  };

  add.addEventListener("click", () => {
    const row = spare.cloneNode(true);
    row.removeAttribute("data-room-spare");
    row.querySelector("input").value = "";
    list.append(row);
    number();
    row.querySelector("input").focus();
  });
  list.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-room-remove]");
    if (!remove || rows().length === 1) return;
    remove.closest("[data-room]").remove();
    number();
    rows().at(-1).querySelector("input").focus();
  });
  if (rows().length > 1) list.querySelector("[data-room-spare]")?.remove();
  number();
}

const presets = document.querySelector("[data-presets]");
if (presets) {
  const minutes = JSON.parse(presets.dataset.presets);
  const choice = presets.querySelector("select");
  const field = (name) => presets.querySelector(`[name="${name}"]`);
  choice.addEventListener("change", () => {
    const chosen = minutes[choice.value];
    if (!chosen) return;
    [field("pitch_minutes").value, field("qa_minutes").value] = chosen;
    if (chosen[2]) field("scoring_seconds").value = chosen[2];
  });
  presets.addEventListener("input", (event) => {
    if (["pitch_minutes", "qa_minutes"].includes(event.target.name)) choice.value = "own";
    if (event.target.name === "scoring_seconds" && minutes[choice.value]?.[2]) choice.value = "own";
  });
}
