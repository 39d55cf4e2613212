// Shows the drawn order place by place. The order stands already; only its showing takes time.
const list = document.querySelector("[data-reveal]");
const tools = document.querySelector("[data-reveal-tools]");
const rows = [...list.children];
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const WHOLE = 30000; // ms that the showing takes at most
const PACE = Math.min(1400, WHOLE / Math.max(1, rows.length));
const DIGITS = "0123456789abcdef";
let timer = 0;

function roll(row) {
  const line = row.querySelector("[data-digest]");
  const digest = line.textContent;
  const started = performance.now();
  const turn = (now) => {
    const fixed = Math.floor(((now - started) / (PACE * 0.8)) * digest.length);
    if (fixed >= digest.length || !row.classList.contains("is-rolling")) {
      line.textContent = digest;
      row.classList.remove("is-rolling");
      return;
    }
    const rest = [...digest.slice(fixed)].map(() => DIGITS[Math.floor(Math.random() * 16)]).join("");
    line.textContent = digest.slice(0, fixed) + rest;
    requestAnimationFrame(turn);
  };
  row.classList.add("is-rolling");
  requestAnimationFrame(turn);
}

function showAll() {
  clearInterval(timer);
  rows.forEach((row) => row.classList.remove("is-waiting", "is-rolling"));
}

function play() {
  showAll();
  rows.forEach((row) => row.classList.add("is-waiting"));
  let next = 0;
  timer = setInterval(() => {
    const row = rows[next];
    row.classList.remove("is-waiting");
    roll(row);
    row.scrollIntoView({ block: "nearest", behavior: "smooth" });
    next += 1;
    if (next === rows.length) clearInterval(timer);
  }, PACE);
}

if (!calm) {
  tools.hidden = false;
  tools.querySelector("[data-reveal-all]").addEventListener("click", showAll);
  tools.querySelector("[data-reveal-again]").addEventListener("click", play);
  play();
}
