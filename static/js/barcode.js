// Reads QR codes: the browser's own detector where it has one, zxing in WebAssembly elsewhere.
const WASM = new URL("../vendor/zxing-wasm/zxing_reader.wasm", import.meta.url).href;

async function hasOwn() {
  try {
    return (await globalThis.BarcodeDetector.getSupportedFormats()).includes("qr_code");
  } catch {
    return false;
  }
}

async function load() {
  if (await hasOwn()) return new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  const zxing = await import("../vendor/barcode-detector/ponyfill.js");
  zxing.prepareZXingModule({ overrides: { locateFile: () => WASM } });
  return new zxing.BarcodeDetector({ formats: ["qr_code"] });
}

let loading;

// The texts of all QR codes in a video frame, image, canvas or file; [] where there is none.
export async function readCodes(source) {
  loading ??= load();
  const detector = await loading;
  const found = await detector.detect(source instanceof Blob ? await createImageBitmap(source) : source);
  return found.map((code) => code.rawValue);
}
