// The pieces of a judge's page: templates and words of the page, filled in.
export const words = document.getElementById("judging-words").dataset;

export const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);

export function piece(name) {
  return document.getElementById(`judging-${name}`).content.firstElementChild.cloneNode(true);
}

export const part = (root, name) => root.querySelector(`[data-${name}]`);

export function say(root, name, text) {
  const place = part(root, name);
  place.textContent = text;
  place.hidden = text === "";
  return place;
}

export function state(kind) {
  const all = document.getElementById("judging-states").content;
  return all.querySelector(`[data-of="${kind}"]`).firstElementChild.cloneNode(true);
}

export function notice(kind, text, label, act) {
  const made = piece(`notice-${kind}`);
  say(made, "text", text);
  if (act) {
    const action = part(made, "action");
    action.hidden = false;
    action.querySelector("span").textContent = label;
    action.querySelector("button").addEventListener("click", act);
  }
  return made;
}

// The bar at the lower edge: list, sum, and the one thing to do next.
export function bar({ back, total, of, label, act, kind = "primary" }) {
  const made = piece("bar");
  part(made, "back").hidden = !back;
  if (back) part(made, "back").addEventListener("click", back);
  part(made, "sum").hidden = total === undefined;
  if (total !== undefined) {
    part(made, "total").textContent = total;
    part(made, "of").textContent = `/ ${of}`;
  }
  const go = part(made, "go");
  go.classList.replace("btn--primary", `btn--${kind}`);
  say(go, "text", label);
  go.addEventListener("click", act);
  return made;
}

export function clockTime(iso, zone) {
  return new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone }).format(new Date(iso));
}

// What follows from how a sheet stands, in words; the same above the list and above the sheet.
export function trouble(book, record) {
  const { problem } = record;
  const zone = book.told.timezone;
  if (problem.kind === "conflict") return fill(words.conflictNote, { time: clockTime(problem.theirs.saved, zone) });
  if (problem.kind === "locked") return fill(words.lockedNote, { time: clockTime(problem.theirs.submitted ?? problem.theirs.saved, zone) });
  return problem.message;
}
