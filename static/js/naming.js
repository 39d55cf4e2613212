// The rule by which files are named: an example as one types, and the placeholders by a click.
const TELLING = ["order", "code", "project", "captain"];
const UNSAFE = /[/\\:*?"<>|]/;

const form = document.querySelector("form[data-naming-facts]");
const facts = JSON.parse(form?.dataset.namingFacts ?? "{}");

function fault(rule) {
  const places = [...rule.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  const unknown = places.find((place) => place !== "document" && !(place in facts));
  if (unknown !== undefined) return form.dataset.namingUnknown.replace("{part}", `{${unknown}}`);
  const rest = rule.replace(/\{[^{}]*\}/g, "");
  const unsafe = rest.match(UNSAFE);
  if (unsafe) return form.dataset.namingUnsafe.replace("{part}", unsafe[0]);
  return places.some((place) => TELLING.includes(place)) ? "" : form.dataset.namingSame;
}

function show(row) {
  const rule = row.querySelector("[data-naming-rule]").value.trim();
  const document_ = row.querySelector("[data-naming-document]").value.trim();
  const ending = row.querySelector("input[name$='-formats']:checked")?.value ?? "pdf";
  const wrong = rule ? fault(rule) : "";
  const name = rule.replace(/\{(\w+)\}/g, (_match, key) => (key === "document" ? document_ : (facts[key] ?? "")));
  const line = row.querySelector("[data-naming-line]");
  const told = row.querySelector("[data-naming-fault]");
  line.hidden = !rule || Boolean(wrong);
  line.querySelector("[data-naming-example]").textContent = `${name.replace(UNSAFE, "_")}.${ending}`;
  told.hidden = !wrong;
  told.textContent = wrong;
  for (const button of row.querySelectorAll("[data-naming-place]")) button.hidden = false;
}

function insert(button) {
  const row = button.closest("[data-row]");
  const input = row.querySelector("[data-naming-rule]");
  input.setRangeText(button.dataset.namingPlace, input.selectionStart, input.selectionEnd, "end");
  input.focus();
  show(row);
}

if (form) {
  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) show(row);
  });
  form.addEventListener("click", (event) => {
    const place = event.target.closest("[data-naming-place]");
    if (place) insert(place);
    // a row that was added is there once the click is over
    if (event.target.closest("[data-row-add]")) setTimeout(() => form.querySelectorAll("ol [data-row]").forEach(show), 0);
  });
  form.querySelectorAll("ol [data-row]").forEach(show);
}
