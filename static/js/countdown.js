// Time left by the server's clock: a wrong clock on the visitor's machine moves no deadline.
//
// A control with `data-until` is switched off at that moment, and what has `data-from` is shown from it on.
const server = Date.parse(document.querySelector('meta[name="server-time"]')?.content ?? "");
let offset = Number.isNaN(server) ? 0 : server - Date.now();
const SOON = 24 * 3600;
const RECHECK = 60000; // ms: a page that comes back after so long asks the server for the time

export const serverNow = () => Date.now() + offset;

function words(left, data) {
  const parts = { d: Math.floor(left / 86400), h: Math.floor(left / 3600) % 24, m: Math.floor(left / 60) % 60, s: left % 60 };
  const pattern = left >= 86400 ? data.days : left >= 3600 ? data.hours : data.minutes;
  return pattern.replace(/\{([dhms])\}/g, (_, unit) => parts[unit]);
}

function show(line) {
  const left = Math.ceil((Date.parse(line.dataset.countdown) - serverNow()) / 1000);
  const text = line.querySelector("[data-countdown-text]");
  const said = left <= 0 ? line.dataset.over : words(left, line.dataset);
  if (text.textContent !== said) text.textContent = said;
  line.dataset.urgency = left <= 0 ? "over" : left < SOON ? "soon" : "calm";
}

function turn(root) {
  for (const control of root.querySelectorAll("[data-until]")) {
    if (serverNow() >= Date.parse(control.dataset.until)) control.disabled = true;
  }
  for (const line of root.querySelectorAll("[data-from][hidden]")) {
    if (serverNow() >= Date.parse(line.dataset.from)) line.hidden = false;
  }
}

export function startCountdowns(root) {
  root.querySelectorAll("[data-countdown]").forEach(show);
  turn(root);
}

// The clock of a device may be set, or stand still, while a page sleeps.
let seen = performance.now();
let told = Date.now();

async function resync() {
  const passed = performance.now() - seen;
  const moved = Math.abs(Date.now() - told - passed);
  seen = performance.now();
  told = Date.now();
  if (passed < RECHECK && moved < 2000) return;
  const asked = performance.now();
  try {
    const answer = await fetch("/time", { headers: { Accept: "application/json" }, cache: "no-store" });
    const { now } = await answer.json();
    offset = Date.parse(now) + (performance.now() - asked) / 2 - Date.now();
    startCountdowns(document);
  } catch {
    // offline: the old difference is the best there is
  }
}

if (document.querySelector("[data-countdown], [data-until]")) {
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && resync());
  window.addEventListener("pageshow", (event) => event.persisted && resync());
}
setInterval(() => startCountdowns(document), 1000);
