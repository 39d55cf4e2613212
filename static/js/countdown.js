// Time left by the server's clock: a wrong clock on the visitor's machine moves no deadline.
const server = Date.parse(document.querySelector('meta[name="server-time"]')?.content ?? "");
const offset = Number.isNaN(server) ? 0 : server - Date.now();
const SOON = 24 * 3600;

export const serverNow = () => Date.now() + offset;

function words(left, data) {
  const parts = { d: Math.floor(left / 86400), h: Math.floor(left / 3600) % 24, m: Math.floor(left / 60) % 60, s: left % 60 };
  const pattern = left >= 86400 ? data.days : left >= 3600 ? data.hours : data.minutes;
  return pattern.replace(/\{([dhms])\}/g, (_, unit) => parts[unit]);
}

function show(line) {
  const left = Math.floor((Date.parse(line.dataset.countdown) - serverNow()) / 1000);
  const text = line.querySelector("[data-countdown-text]");
  const said = left <= 0 ? line.dataset.over : words(left, line.dataset);
  if (text.textContent !== said) text.textContent = said;
  line.dataset.urgency = left <= 0 ? "over" : left < SOON ? "soon" : "calm";
}

export function startCountdowns(root) {
  root.querySelectorAll("[data-countdown]").forEach(show);
}

setInterval(() => document.querySelectorAll("[data-countdown]").forEach(show), 1000);
