// The published book's service worker: what was once read, or kept as a whole, is read again without a network.
// With a network every answer comes from there, so that no page is older than the book.

const KEPT = "spikebook";

async function answer(event) {
  const address = event.request.url.split(/[?#]/)[0];
  try {
    const fresh = await fetch(event.request);
    if (fresh.status === 200) event.waitUntil(keep(address, fresh.clone()));
    return fresh;
  } catch (error) {
    const old = await caches.match(address, { cacheName: KEPT });
    if (old) return old;
    throw error;
  }
}

// A browser that cannot keep a file, for want of space or leave, still shows it.
async function keep(address, file) {
  try {
    await (await caches.open(KEPT)).put(address, file);
  } catch {}
}

// Keep every file of the book; the page that asked is told how many there are and how many are kept.
async function keepAll(page) {
  const kept = await caches.open(KEPT);
  const files = await (await fetch(new URL("files.json", registration.scope), { cache: "reload" })).json();
  let done = 0;
  const queue = files.map((file) => new URL(file, registration.scope).href);
  const one = async () => {
    for (let address = queue.pop(); address; address = queue.pop()) {
      const file = await fetch(address);
      if (!file.ok) throw new Error(`${file.status} ${address}`);
      await kept.put(address, file);
      page.postMessage({ done: ++done, of: files.length });
    }
  };
  try {
    await Promise.all([one(), one(), one(), one()]);
  } catch (error) {
    page.postMessage({ error: String(error) });
  }
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => event.waitUntil(keepAll(event.source)));
addEventListener("fetch", (event) => {
  const { request } = event;
  const ours = request.method === "GET" && request.url.startsWith(registration.scope);
  // JupyterLite, slides and archives take care of themselves.
  if (ours && !/^(lite|slides)\/|\.(pdf|zip)$/.test(request.url.slice(registration.scope.length))) event.respondWith(answer(event));
});
