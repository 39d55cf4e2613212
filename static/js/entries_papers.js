// Documents on a page without the entry's form: the same uploads.
import { startUploads } from "./entries_upload.js";

function showFragment(place, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
}

startUploads(document, { showChecklist() {} }, showFragment);
