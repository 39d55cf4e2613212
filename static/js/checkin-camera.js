// The camera as a reader of QR codes, and photos of codes where there is no camera to open.
import { readCodes } from "./barcode.js";

const PAUSE = 120; // ms between two looks
const GONE = 4000; // ms out of sight until the same code counts again
const PHOTO_SIDE = 1600;

export class Camera {
  // `onCode` gets each code once a showing and says whether it took it; `onState` gets off, asking, on, refused or absent.
  constructor(video, { onCode, onState }) {
    this.video = video;
    this.onCode = onCode;
    this.onState = onState;
    this.seenAt = new Map();
    this.turn = 0; // a start or stop makes what an earlier start still awaits worthless
    document.addEventListener("visibilitychange", () => this.followPage());
  }

  get canOpen() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  async start() {
    if (!this.canOpen) return this.onState("absent");
    const turn = ++this.turn;
    this.onState("asking");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      if (turn !== this.turn) return stream.getTracks().forEach((track) => track.stop());
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      if (turn !== this.turn) return;
      this.release();
      return this.onState(error.name === "NotFoundError" ? "absent" : "refused");
    }
    if (turn !== this.turn) return;
    this.track.addEventListener("ended", () => this.stop());
    this.onState("on");
    this.keepAwake();
    this.look(turn);
  }

  stop(state = "off") {
    this.turn += 1;
    this.release();
    this.onState(state);
  }

  release() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = undefined;
    this.video.srcObject = null;
    this.awake?.release().catch(() => {});
    this.awake = undefined;
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  async setTorch(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }

  async keepAwake() {
    try {
      this.awake = await navigator.wakeLock?.request("screen");
    } catch {
      // a phone low on battery refuses; then it sleeps as it always does
    }
  }

  // A page in the background gives the camera back, and takes it again when it is looked at.
  followPage() {
    if (document.visibilityState === "hidden" && this.stream) {
      this.isWaiting = true;
      this.stop();
    } else if (document.visibilityState === "visible" && this.isWaiting) {
      this.isWaiting = false;
      this.start();
    }
  }

  async look(turn) {
    while (turn === this.turn) {
      if (this.video.readyState >= 2) {
        try {
          for (const code of await readCodes(this.video)) this.see(code);
        } catch (error) {
          console.error(error);
          if (turn === this.turn) this.stop("absent");
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  see(code) {
    const now = performance.now();
    const isNew = now - (this.seenAt.get(code) ?? -Infinity) > GONE;
    for (const [other, at] of this.seenAt) if (now - at > GONE) this.seenAt.delete(other);
    this.seenAt.set(code, now);
    if (isNew && !this.onCode(code)) this.seenAt.delete(code); // not taken: it counts again at the next look
  }
}

// The first code in a photo: looked for in a smaller copy first, which is quicker and often clearer.
export async function readPhoto(file) {
  const whole = await createImageBitmap(file);
  const scale = PHOTO_SIDE / Math.max(whole.width, whole.height);
  if (scale < 1) {
    const small = await createImageBitmap(whole, {
      resizeWidth: Math.round(whole.width * scale),
      resizeHeight: Math.round(whole.height * scale),
      resizeQuality: "high",
    });
    const [code] = await readCodes(small);
    if (code) return code;
  }
  return (await readCodes(whole))[0];
}
