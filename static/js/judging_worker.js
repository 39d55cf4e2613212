// Keeps a judge's page and its files, so that a reload without a network finds them.
//
// The network comes first; what is kept answers when the network does not. Marks never pass here.
const CACHE = "judging-1";
const PATIENCE = 5000;
const PAGE = /^\/judging\/[0-9a-f-]{36}$/;
const SHEET = /^(\/judging\/[0-9a-f-]{36})\/([0-9a-f-]{36})$/;
const FILE = /^\/static\/|^\/style\.css$/;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("judging-") && name !== CACHE) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

async function keep(request, answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic") return;
  const cache = await caches.open(CACHE);
  await cache.put(request, answer);
}

// What a page had loaded before this worker was there.
self.addEventListener("message", (event) => {
  const { page, files } = event.data ?? {};
  if (!page) return;
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      const take = async (address) => {
        if (await cache.match(address)) return;
        await keep(address, await fetch(address, { credentials: "same-origin" }));
      };
      // the page last: it is of no use without its files
      await Promise.all(files.map(take)).then(
        () => take(page),
        () => {}, // offline again: the next load brings the rest
      );
    })(),
  );
});

const late = () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));

async function networkFirst(event, key) {
  const asked = fetch(event.request).then((answer) => {
    event.waitUntil(keep(key, answer.clone()));
    return answer;
  });
  try {
    return await Promise.race([asked, late()]);
  } catch {
    const cache = await caches.open(CACHE);
    return (await cache.match(key)) ?? asked;
  }
}

async function file(event) {
  const cache = await caches.open(CACHE);
  const isFingerprinted = new URL(event.request.url).searchParams.has("v");
  const kept = isFingerprinted && (await cache.match(event.request.url));
  return kept || networkFirst(event, event.request.url);
}

async function sheet(event, [, page, entry]) {
  try {
    return await fetch(event.request);
  } catch {
    return Response.redirect(`${page}#${entry}`);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (FILE.test(url.pathname)) event.respondWith(file(event));
  else if (request.mode === "navigate" && PAGE.test(url.pathname)) event.respondWith(networkFirst(event, url.pathname));
  else if (request.mode === "navigate" && SHEET.test(url.pathname)) event.respondWith(sheet(event, SHEET.exec(url.pathname)));
});
