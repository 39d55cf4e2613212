// Rules in a form: moving and removing rows on the spot. Without this script the same buttons send
// the form, and the server does it. Adding always does: a row's fields follow from its kind.
const place = document.querySelector("[data-rules]");
const list = place.querySelector("ol");
const ROW = /\b(rules|rule)-(?:(up|down|remove)-)?\d+/g;
const NUMBERED = ["name", "id", "for", "value", "aria-describedby", "data-counter"];

function renumber() {
  [...list.children].forEach((row, at) => {
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const name of NUMBERED) {
        if (name === "value" && element.name !== "op") continue;
        const value = element.getAttribute(name);
        if (value) {
          element.setAttribute(name, value.replace(ROW, (_all, word, verb) => (verb ? `${word}-${verb}-${at}` : `${word}-${at}`)));
        }
      }
    }
    row.querySelector('[data-move="up"]').disabled = at === 0;
    row.querySelector('[data-move="down"]').disabled = at === list.children.length - 1;
  });
}

const announce = (pattern, n) => {
  place.querySelector("[data-announce]").textContent = pattern.replace("{n}", n);
};

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("[data-row]");
  if (button.dataset.move === "remove") {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    renumber();
    (next?.querySelector("[data-move=remove]") ?? place.querySelector("select[name=add_kind]")).focus();
    announce(place.dataset.removed, list.children.length);
    return;
  }
  if (button.dataset.move === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  renumber();
  (button.disabled ? row.querySelector("[data-move]:not([disabled])") : button).focus();
  announce(place.dataset.moved, [...list.children].indexOf(row) + 1);
});
renumber();
