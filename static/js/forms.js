// A form goes out once, shows that it is on its way, and a refused one leads to what is wrong.
const RELEASE_AFTER = 20000; // ms: an answer that is a download leaves the page standing

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    const words = button.querySelector("span");
    if (button.dataset.words && words) words.textContent = button.dataset.words;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const dialogReason = form.closest("dialog") && !form.checkValidity();
  if (dialogReason) {
    event.preventDefault();
    form.reportValidity();
    return;
  }
  form.dataset.sending = "1";
  const button = event.submitter;
  const words = button?.querySelector("span");
  if (button?.dataset.busy && words) {
    button.dataset.words = words.textContent;
    words.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  }
  setTimeout(() => release(form), RELEASE_AFTER);
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) release(form);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
});

export function startForms(root) {
  root.querySelector("[data-error-summary]")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});
