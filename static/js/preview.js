// Turning pages and zooming in a document: by buttons, by number and by keys.
const ZOOMS = [50, 75, 100, 125, 150, 200, 300];

class Viewer {
  constructor(root) {
    this.pages = [...root.querySelectorAll("[data-page]")];
    this.list = root.querySelector("[data-viewer-pages]");
    this.scroll = root.querySelector("[data-viewer-scroll]");
    this.number = document.querySelector("[data-viewer-number]");
    this.percent = document.querySelector("[data-viewer-percent]");
    this.at = 1;
    for (const tools of document.querySelectorAll("[data-viewer-tools]")) tools.hidden = false;
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.pressed(event));
    this.number.addEventListener("change", () => this.go(Number(this.number.value)));
    this.number.addEventListener("focus", () => this.number.select());
    let asked = 0;
    window.addEventListener("scroll", () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => this.look());
    }, { passive: true });
    this.look();
  }

  // The page that stands at a third of the window's height is the one that is being read.
  look() {
    const line = window.innerHeight / 3;
    const over = this.pages.filter((page) => page.getBoundingClientRect().top <= line);
    this.show(Number((over.at(-1) ?? this.pages[0]).dataset.page));
  }

  show(number) {
    this.at = number;
    if (document.activeElement !== this.number) this.number.value = number;
    document.querySelector('[data-viewer-step="-1"]').disabled = number <= 1;
    document.querySelector('[data-viewer-step="1"]').disabled = number >= this.pages.length;
  }

  go(wanted) {
    const number = Math.min(this.pages.length, Math.max(1, Math.round(wanted) || this.at));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.pages[number - 1].scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    this.number.value = number;
  }

  zoom(step) {
    const now = ZOOMS.indexOf(Number(this.list.dataset.zoom));
    const at = step === 0 ? ZOOMS.indexOf(100) : Math.min(ZOOMS.length - 1, Math.max(0, now + step));
    const page = this.at;
    this.list.dataset.zoom = ZOOMS[at];
    this.percent.textContent = `${ZOOMS[at]}%`;
    for (const image of this.list.querySelectorAll("img")) {
      image.sizes = `${Math.round(this.list.getBoundingClientRect().width)}px`;
    }
    this.pages[page - 1].scrollIntoView({ block: "start" });
    this.scroll.scrollLeft = (this.scroll.scrollWidth - this.scroll.clientWidth) / 2;
  }

  clicked(event) {
    const step = event.target.closest("[data-viewer-step]");
    const zoom = event.target.closest("[data-viewer-zoom]");
    if (step) this.go(this.at + Number(step.dataset.viewerStep));
    if (zoom) this.zoom(Number(zoom.dataset.viewerZoom));
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === this.number) {
      if (event.key === "Enter") this.number.blur();
      return;
    }
    const deeds = {
      ArrowRight: () => this.go(this.at + 1),
      ArrowLeft: () => this.go(this.at - 1),
      Home: () => this.go(1),
      End: () => this.go(this.pages.length),
      "+": () => this.zoom(1),
      "=": () => this.zoom(1),
      "-": () => this.zoom(-1),
      0: () => this.zoom(0),
    };
    if (!deeds[event.key]) return;
    event.preventDefault();
    deeds[event.key]();
  }
}

const root = document.querySelector("[data-viewer]");
if (root) new Viewer(root);
