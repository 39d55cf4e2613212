// Choosing several entries of the list. Without this script the boxes and buttons work all the same.
const form = document.querySelector("form[data-choose]");
if (form) {
  const boxes = [...form.elements].filter((control) => control.name === "entry");
  const all = document.querySelector("#choose-all");
  const count = form.querySelector("[data-chosen-count]");
  const buttons = [...form.querySelectorAll("button[type=submit]")];
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    count.textContent = chosen ? form.dataset.chosen.replace("{n}", chosen) : "";
    for (const button of buttons) button.disabled = chosen === 0;
    for (const box of boxes) box.closest("tr").classList.toggle("is-chosen", box.checked);
  };
  for (const part of form.querySelectorAll("[data-scripted]")) part.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  window.addEventListener("pageshow", show); // a page that comes back keeps its ticks
  show();
}

// A download leaves the page where it is: the dialog that started it closes by itself.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-download]")) event.target.closest("dialog")?.close();
});
