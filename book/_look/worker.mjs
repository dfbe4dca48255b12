// The published book's service worker: what was once read, or kept as a whole, is read again without a network.
// With a network every answer comes from there, so that no page is older than the book.

const KEPT = "spikebook";

const file = (url) => url.split(/[?#]/)[0].replace(/\/$/, "/index.html");

async function answer(event) {
  const address = file(event.request.url);
  try {
    const fresh = await fetch(event.request);
    if (fresh.status === 200) event.waitUntil(keep(address, fresh.clone()));
    return fresh;
  } catch (error) {
    const old = await caches.match(address, { cacheName: KEPT });
    if (old) return old;
    if (event.request.mode === "navigate") return new Response(await excuse(), { headers: { "Content-Type": "text/html" } });
    throw error;
  }
}

// Instead of a page that was not kept: which ones were.
async function excuse() {
  const kept = await caches.open(KEPT);
  const pages = [];
  for (const { url } of await kept.keys()) {
    if (!/\/book\/.*\.html$/.test(url)) continue;
    const title = /<title>(.*?)(?: &#8212; .*)?<\/title>/s.exec(await (await kept.match(url)).text())?.[1] ?? url;
    pages.push(`<li><a href="${url}">${title.trim()}</a></li>`);
  }
  return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not kept</title><style>:root { color-scheme: light dark; font: 1.1rem/1.6 system-ui; } body { margin: 3rem auto; max-width: 36rem; padding: 0 1rem; }</style>
<main><h1>This page was not kept</h1><p>There is no network, and this page of Spikebook has not been read in this browser before.
With a network, every page can keep the whole book: at its foot, under <em>Take it along</em>.</p>
${pages.length ? `<p>These pages were kept:</p><ul>${pages.sort().join("")}</ul>` : ""}</main></html>`;
}

// A browser that cannot keep a file, for want of space or leave, still shows it.
async function keep(address, answered) {
  try {
    await (await caches.open(KEPT)).put(address, answered);
  } catch {}
}

// What a page used that came before this worker.
async function keepThese(urls) {
  for (const url of urls.filter((one) => one.startsWith(registration.scope))) {
    const answered = await fetch(url);
    if (answered.ok) await keep(file(url), answered);
  }
}

// Keep every file of the book; the page that asked is told how many there are and how many are kept.
async function keepAll(page) {
  const kept = await caches.open(KEPT);
  const files = await (await fetch(new URL("files.json", registration.scope), { cache: "reload" })).json();
  let done = 0;
  const queue = files.map((one) => new URL(one, registration.scope).href);
  const one = async () => {
    for (let address = queue.pop(); address; address = queue.pop()) {
      const answered = await fetch(address);
      if (!answered.ok) throw new Error(`${answered.status} ${address}`);
      await kept.put(address, answered);
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
addEventListener("message", (event) => event.waitUntil(event.data.keep ? keepThese(event.data.keep) : keepAll(event.source)));
addEventListener("fetch", (event) => {
  const { request } = event;
  const ours = request.method === "GET" && request.url.startsWith(registration.scope);
  // JupyterLite, slides and archives take care of themselves.
  if (ours && !/^(lite|slides)\/|\.(pdf|epub|zip)$/.test(request.url.slice(registration.scope.length))) event.respondWith(answer(event));
});
