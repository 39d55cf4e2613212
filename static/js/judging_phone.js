// A judge's phone: one page that needs no network to go from sheet to sheet.
import { Book } from "./judging_book.js";
import { differences, drawConflict } from "./judging_conflict.js";
import { drawList, isOnStage, order } from "./judging_list.js";
import { fill, part, words } from "./judging_pieces.js";
import { drawCheck, drawForm, drawRead } from "./judging_sheet.js";
import { openStore } from "./judging_store.js";
import { toast } from "./toast.js";

const TICK = 5000;
const NIL = "00000000-0000-0000-0000-000000000000";

class Phone {
  constructor(book) {
    this.book = book;
    this.root = document.getElementById("judging");
    this.badge = document.getElementById("judging-badge");
    this.head = document.querySelector(".work-head");
    this.foot = document.getElementById("judging-foot");
    book.addEventListener("change", () => this.draw());
    window.addEventListener("hashchange", () => this.draw(true));
    this.root.addEventListener("click", (event) => this.clicked(event));
    document.querySelector(".slim a[href]")?.addEventListener("click", (event) => this.wentBack(event));
    setInterval(() => this.tick(), TICK);
    this.tick();
    this.draw(true);
  }

  // "#entry", or "#entry/check" for the last look before it is locked.
  get place() {
    const [id, step] = location.hash.slice(1).split("/");
    return { entry: this.book.find(id), isCheck: step === "check" };
  }

  clicked(event) {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.dataset.entry) {
      event.preventDefault();
      this.open(link.dataset.entry);
    } else if (this.book.isOffline && !link.getAttribute("href").startsWith("#")) {
      event.preventDefault();
      toast(words.needsNetwork, "warning");
    }
  }

  // From a sheet the way back is the list, not the page before.
  wentBack(event) {
    if (!this.place.entry) return;
    event.preventDefault();
    this.list();
  }

  open(id) {
    location.hash = id;
  }

  list() {
    if (location.hash) history.pushState(null, "", location.pathname);
    this.draw(true);
  }

  tick() {
    const first = order(this.book)[0];
    const on = first && isOnStage(first, this.book.now()) ? first.id : null;
    if (on === this.on) return;
    const isNew = on !== null && this.on !== undefined;
    this.on = on;
    if (isNew && this.place.entry && this.place.entry.id !== on) toast(fill(words.now, { name: first.name }));
    this.draw();
  }

  mode(entry, isCheck) {
    if (!entry) return "list";
    const { book } = this;
    if (!book.rubric(entry.id)) return "list";
    if (["conflict", "locked"].includes(book.state(entry.id))) return "choose";
    if (!book.isEditable(entry.id)) return "read";
    return isCheck ? "check" : "form";
  }

  // A form that shows what is held is left alone, so that nothing moves under the thumb.
  draw(isMoved = false) {
    const { entry, isCheck } = this.place;
    const mode = this.mode(entry, isCheck);
    this.tellBadge();
    const at = `${mode} ${entry?.id ?? ""}`;
    const isHere = at === this.at && !isMoved;
    if (isHere && mode === "form" && this.isShown(entry)) return this.drawn.update();
    if (isHere && mode === "choose" && this.record === this.book.record(entry.id)?.edit) return;
    this.at = at;
    this.record = entry && this.book.record(entry.id)?.edit;
    this.drawn = this.make(mode, entry);
    this.root.replaceChildren(...this.drawn.parts);
    this.head.hidden = this.foot.hidden = mode !== "list";
    if (isHere) return;
    window.scrollTo(0, 0);
    if (mode !== "list" && isMoved) this.root.querySelector("h2")?.focus({ preventScroll: true });
  }

  isShown(entry) {
    const rubric = this.book.rubric(entry.id);
    const held = this.book.values(entry.id);
    const problem = this.book.record(entry.id)?.problem?.message ?? null;
    if (problem !== this.problem) return false;
    const shown = { marks: {}, gates: {}, note: "", feedback: "" };
    for (const line of rubric.criteria) shown.marks[line.key] = document.getElementById(`mark_${line.key}`).value;
    for (const gate of rubric.gates) {
      const radio = this.root.querySelector(`[name="gate_${CSS.escape(gate.key)}"]:checked`);
      if (radio) shown.gates[gate.key] = radio.value === "met";
    }
    for (const name of ["note", "feedback"]) shown[name] = document.getElementById(name).value;
    return differences(rubric, shown, held).length === 0;
  }

  make(mode, entry) {
    const { book } = this;
    const back = () => this.list();
    this.problem = entry ? (book.record(entry.id)?.problem?.message ?? null) : null;
    if (mode === "list") return { parts: drawList(book, (id) => this.open(id)), update() {} };
    if (mode === "choose") return drawConflict(book, entry, { back });
    if (mode === "read") return drawRead(book, entry, { back });
    if (mode === "form") return drawForm(book, entry, { back, check: () => this.open(`${entry.id}/check`) });
    return drawCheck(book, entry, { edit: () => history.back(), submit: () => this.submit(entry) });
  }

  async submit(entry) {
    history.replaceState(null, "", location.pathname);
    const done = this.book.submit(entry.id);
    this.draw(true);
    await done;
    const state = this.book.state(entry.id);
    if (state === "submitted") toast(fill(words.done, { name: entry.name }), "success");
    if (state === "queued") toast(fill(words.queued, { name: entry.name }));
  }

  tellBadge() {
    const { book } = this;
    const count = book.waiting.length;
    const troubled = book.troubled.length;
    let [status, text] = ["saved", words.saved];
    if (troubled) [status, text] = ["failed", fill(words.trouble, { count: troubled })];
    else if (book.halt) [status, text] = ["failed", fill(words.waiting, { count })];
    else if (count && book.isOffline) [status, text] = ["offline", fill(words.offline, { count })];
    else if (count) [status, text] = [book.isSending ? "saving" : "offline", fill(words.waiting, { count })];
    else if (book.isOffline) [status, text] = ["offline", words.offlineIdle];
    else if (!book.store.isDurable) [status, text] = ["failed", words.memory];
    if (this.told === text + status) return;
    this.told = text + status;
    this.badge.dataset.autosaveStatus = status;
    this.badge.title = text;
    part(this.badge, "text").textContent = text;
  }
}

// Leaving takes the entries from the device, and asks first while something waits to be sent.
function guardLeaving(book) {
  const form = document.querySelector("#judging-foot form");
  const dialog = document.getElementById("judging-leave");
  let isAgreed = false;
  const leave = async () => {
    isAgreed = true;
    await book.forget();
    if (window.caches) for (const name of await caches.keys()) if (name.startsWith("judging-")) await caches.delete(name);
    form.requestSubmit();
  };
  window.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form || isAgreed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const count = book.records.size;
      if (!count) return leave();
      part(dialog, "text").textContent = fill(words.leave, { count });
      dialog.showModal();
    },
    true,
  );
  dialog.querySelector("[data-leave]").addEventListener("click", leave);
  window.addEventListener("beforeunload", (event) => {
    if (!isAgreed && !book.store.isDurable && book.waiting.length) event.preventDefault();
  });
}

// Where there are service workers, a reload without a network finds the page; elsewhere it must not be needed.
async function keepShell() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(words.workerUrl);
    const { active } = await navigator.serviceWorker.ready;
    const loaded = performance.getEntriesByType("resource").map((each) => each.name);
    const files = [...new Set(loaded)].filter((name) => /\/static\/|\/style\.css/.test(name));
    active?.postMessage({ page: location.pathname, files });
  } catch {
    // forbidden or broken: the page itself goes on
  }
}

async function start() {
  const store = await openStore();
  const told = JSON.parse(words.told);
  const book = new Book(store, told, { stateUrl: words.stateUrl, syncUrl: words.syncUrl.replace(NIL, "ENTRY") });
  await book.open();
  store.onFull = () => book.tell();
  new Phone(book);
  guardLeaving(book);
  keepShell();
}

start();
