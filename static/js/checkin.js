// The door: takes codes from camera, photo, keyboard and name list, one after the other, and shows the answer.
import { Camera, readPhoto } from "./checkin-camera.js";
import { setSound, signal, soundIsOn, wakeSound } from "./checkin-signals.js";

const RETRY = 2000;
const TIMEOUT = 8000;
const TONES = ["green", "amber", "red", "blue", "purple", "grey", "teal", "wait"];

const root = document.querySelector("[data-doorway]");
const find = (name) => root.querySelector(`[data-${name}]`);
const words = root.dataset;
const panel = find("answer");
const icons = find("answer-icon").getAttribute("href").split("#")[0];

function show({ tone, icon, title, name = "", facts = [], detail = "" }) {
  panel.classList.remove(...TONES.map((each) => `answer--${each}`));
  panel.classList.add(`answer--${tone}`);
  find("answer-icon").setAttribute("href", `${icons}#${icon}`);
  find("answer-title").textContent = title;
  find("answer-name").textContent = name;
  find("answer-facts").textContent = facts.join(" · ");
  find("answer-detail").textContent = detail;
  panel.classList.remove("answer--new");
  void panel.offsetWidth; // starts the entry anew when the same answer comes twice
  panel.classList.add("answer--new");
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// randomUUID exists under https alone; the door also works on plain http.
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function send(key, code, since) {
  return fetch(words.scansUrl, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
    },
    body: JSON.stringify({ id: key, code, waited_ms: Math.round(performance.now() - since) }),
    signal: AbortSignal.timeout(TIMEOUT),
  });
}

let isBusy = false;
let isGivenUp = false;

// One scan, kept up under its one key until the server has answered it or the person gives up; true when it was a ticket's.
async function scan(code) {
  if (isBusy) return;
  isBusy = true;
  isGivenUp = false;
  const key = newKey();
  const since = performance.now();
  const slow = setTimeout(() => show({ tone: "wait", icon: "hourglass", title: words.waiting }), 300);
  try {
    while (!isGivenUp) {
      let answer;
      try {
        answer = await send(key, code, since);
      } catch {
        answer = undefined;
      }
      if (answer && answer.status < 500) {
        clearTimeout(slow);
        return await tell(answer);
      }
      clearTimeout(slow);
      show({ tone: "wait", icon: "wifi-off", title: answer ? words.failed : words.offline, detail: words.offlineDetail });
      find("answer-actions").hidden = false;
      await wait(RETRY);
    }
  } finally {
    clearTimeout(slow);
    find("answer-actions").hidden = true;
    isBusy = false;
  }
}

async function tell(answer) {
  if (answer.status === 401) {
    location.assign(words.signInUrl);
    return;
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    show({ tone: "red", icon: "alert-circle", title: words.refused, detail: body.error?.message ?? words.failed });
    signal("refused");
    return;
  }
  show(body);
  signal(body.reason ?? body.outcome);
  document.body.dispatchEvent(new CustomEvent("scanned"));
  return !["malformed", "unknown"].includes(body.reason);
}

// Camera
const place = find("camera");
const torch = find("torch");
const camera = new Camera(find("camera-video"), {
  onCode(code) {
    if (isBusy) return false;
    scan(code);
    return true;
  },
  onState(state) {
    place.dataset.cameraState = state;
    find("camera-stop").hidden = state !== "on";
    torch.hidden = state !== "on" || !camera.hasTorch;
    torch.setAttribute("aria-pressed", "false");
  },
});
for (const button of root.querySelectorAll("[data-camera-start]")) {
  button.addEventListener("click", () => camera.start());
}
find("camera-stop").addEventListener("click", () => camera.stop());
torch.addEventListener("click", async () => {
  const on = torch.getAttribute("aria-pressed") !== "true";
  try {
    await camera.setTorch(on);
    torch.setAttribute("aria-pressed", String(on));
  } catch {
    torch.hidden = true; // said to have one, and has not
  }
});

async function startIfAllowed() {
  if (!camera.canOpen) return camera.stop("absent");
  try {
    const permission = await navigator.permissions.query({ name: "camera" });
    if (permission.state === "granted") camera.start();
  } catch {
    // some browsers do not tell; then the button starts it
  }
}
startIfAllowed();

// Photo
find("photo").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = ""; // the same photo may be chosen again
  if (!file) return;
  show({ tone: "wait", icon: "photo", title: words.reading });
  const code = await readPhoto(file).catch(() => undefined);
  if (code) return scan(code);
  show({ tone: "blue", icon: "photo", title: words.noCode, detail: words.noCodeDetail });
  signal("malformed");
});

const hasKeyboard = matchMedia("(pointer: fine)").matches;
const showPanel = () => panel.scrollIntoView({ block: "center" });

// Keyboard
const typed = find("typed");
typed.addEventListener("submit", async (event) => {
  event.preventDefault();
  delete typed.dataset.sending; // forms.js marks a form that leaves the page; this one stays
  const field = typed.elements.namedItem("code");
  if (!field.value.trim()) return field.focus();
  if (await scan(field.value)) field.value = "";
  if (hasKeyboard) return field.select();
  field.blur(); // the keyboard on the screen covers the answer
  showPanel();
});

// Names
root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-scan-code]");
  if (button) scan(button.dataset.scanCode).then(showPanel);
});

// Signals
const sound = find("sound");
sound.setAttribute("aria-pressed", String(soundIsOn()));
sound.addEventListener("click", () => {
  setSound(!soundIsOn());
  sound.setAttribute("aria-pressed", String(soundIsOn()));
  if (soundIsOn()) signal("admitted");
});
document.addEventListener("pointerdown", wakeSound);
document.addEventListener("keydown", wakeSound);
find("give-up").addEventListener("click", () => {
  isGivenUp = true;
});
