// What the door sounds and feels like: one pattern of notes an answer, told apart with closed eyes.
const KEY = "checkin-sound";

// [frequency in Hz, length in ms]; 0 Hz is a rest
const TUNES = {
  admitted: [[660, 90], [990, 160]],
  already_in: [[520, 110], [0, 60], [520, 110]],
  unknown: [[200, 420]],
  malformed: [[330, 70], [0, 40], [262, 110]],
  wrong_event: [[440, 140], [330, 140], [247, 220]],
  cancelled: [[180, 160], [0, 60], [180, 260]],
  revoked: [[220, 120], [0, 50], [165, 300]],
  refused: [[277, 140], [0, 60], [277, 140], [0, 60], [277, 140]],
};
const BUZZES = { admitted: [70], already_in: [60, 60, 60], refused: [260] };

let audio;
let isOn = read();

function read() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export const soundIsOn = () => isOn;

export function setSound(on) {
  isOn = on;
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // private windows keep nothing; the choice lasts as long as the page
  }
}

// Browsers let a page sound only after a touch; call this from one.
export function wakeSound() {
  const Context = window.AudioContext;
  if (!Context) return;
  audio ??= new Context();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

export function signal(reason) {
  navigator.vibrate?.(BUZZES[reason] ?? BUZZES.refused);
  if (!isOn || audio?.state !== "running") return;
  let at = audio.currentTime + 0.01;
  for (const [frequency, length] of TUNES[reason] ?? TUNES.refused) {
    const seconds = length / 1000;
    if (frequency) note(frequency, at, seconds);
    at += seconds;
  }
}

function note(frequency, at, seconds) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = "triangle";
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.4, at + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + seconds);
}
