// Puts HTML that an answer brought along into the page; scripts in it do not run.
export function showFragment(place, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
}

// What an entry still lacks, as every save sends it anew; js/checklist.js keeps it as it was read.
export function showChecklist(html) {
  const place = document.querySelector("[data-checklist]");
  if (place && html) showFragment(place, html);
}
