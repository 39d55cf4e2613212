// Recomputes a draw of eventhub-draw-1 with the browser's own cryptography.
const encode = (text) => new TextEncoder().encode(text);
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

async function order(document_) {
  const secret = unhex(document_.secret);
  const tail = encode(`|${document_.public_text.normalize("NFC")}`);
  const bytes = new Uint8Array([...secret, ...tail]);
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const lines = await Promise.all(
    document_.codes.map(async (code) => ({ code, digest: hex(await crypto.subtle.sign("HMAC", key, encode(code))) })),
  );
  return lines.sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

async function judge(document_, noted, words) {
  const commitment = hex(await crypto.subtle.digest("SHA-256", unhex(document_.secret)));
  if (commitment !== document_.commitment.toLowerCase()) return [false, words.secret];
  if (noted && noted !== commitment) return [false, words.noted];
  const expected = await order(document_);
  if (expected.length !== document_.order.length) return [false, words.length];
  const wrong = expected.findIndex((line, index) => {
    const shown = document_.order[index];
    return shown.code !== line.code || shown.digest !== line.digest || shown.position !== index + 1;
  });
  if (wrong >= 0) {
    const said = words.broken
      .replace("{position}", wrong + 1)
      .replace("{expected}", expected[wrong].code)
      .replace("{found}", document_.order[wrong].code);
    return [false, said];
  }
  const holds = words.holds.replace("{count}", expected.length);
  return [true, noted ? holds : `${holds} ${words.unnoted}`];
}

const form = document.querySelector("[data-verify]");
async function run() {
  const result = form.querySelector("[data-verify-result]");
  const noted = form.elements.noted.value.trim().toLowerCase();
  let verdict = [false, form.dataset.failed];
  if (!globalThis.crypto?.subtle) {
    verdict = [false, form.dataset.insecure];
  } else {
    try {
      const response = await fetch(form.dataset.verify, { headers: { Accept: "application/json" } });
      if (response.ok) verdict = await judge(await response.json(), noted, form.dataset);
    } catch {
      // what was said first still holds: no data came
    }
  }
  result.textContent = verdict[1];
  result.dataset.verdict = verdict[0] ? "holds" : "broken";
}

form?.querySelector("[data-verify-run]").addEventListener("click", run);
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
