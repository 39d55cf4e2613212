// Who is on stage, by the server's clock; the first to come in each room within the hour waits.
import { serverNow } from "./countdown.js";

const SOON = 60 * 60 * 1000;
const slots = [...document.querySelectorAll("[data-starts]")];

function mark() {
  const now = serverNow();
  const waiting = new Set();
  const byTime = slots
    .map((slot) => ({ slot, starts: Date.parse(slot.dataset.starts), ends: Date.parse(slot.dataset.ends) }))
    .sort((a, b) => a.starts - b.starts);
  for (const { slot, starts, ends } of byTime) {
    let stage = ends <= now ? "over" : starts <= now ? "now" : "ahead";
    if (stage === "ahead" && starts - now <= SOON && !waiting.has(slot.dataset.roomKey)) {
      waiting.add(slot.dataset.roomKey);
      stage = "next";
    }
    if (slot.dataset.stage !== stage) slot.dataset.stage = stage;
  }
}

function lead() {
  const link = document.querySelector("[data-now-link]");
  const first = document.querySelector('[data-stage="now"]');
  if (!link) return;
  link.hidden = !first;
  if (first) link.href = `#${first.id}`;
}

function tick() {
  mark();
  lead();
}

tick();
setInterval(tick, 10000);
