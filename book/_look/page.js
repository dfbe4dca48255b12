// What the page does by itself, beside its explorers.

const tucked = new Set();
const beside = new IntersectionObserver((entries) => {
  // An explorer, the objectives or a margin note need the column of the page's contents: tuck the contents away while one is in view.
  for (const { target, isIntersecting } of entries) tucked[isIntersecting ? "add" : "delete"](target);
  document.body.classList.toggle("tucked", tucked.size > 0);
});
for (const wide of document.querySelectorAll("[data-explorer], .objectives, .wide, .margin")) beside.observe(wide);

// What is wider than its box scrolls by itself, so it must be reachable from the keyboard.
const roomy = new ResizeObserver((entries) => {
  // All are measured before any is changed, or the page would be laid out again for each.
  const measured = entries.map(({ target }) => target.closest(".katex-display") ?? target).map((box) => [box, box.scrollWidth > box.clientWidth]);
  for (const [box, isWider] of measured) isWider ? (box.tabIndex = 0) : box.removeAttribute("tabindex");
});
const drawings = document.querySelectorAll(".katex-display .katex-html"); // a box does not tell when its formula is drawn
const boxes = [...drawings, ...document.querySelectorAll(".pst-scrollable-table-container, pre, .cell_output > .output:not(:has([data-explorer]))")];
const look = () => {
  for (const box of boxes) {
    roomy.unobserve(box);
    roomy.observe(box);
  }
};
addEventListener("load", () => document.fonts.ready.then(look)); // asked for earlier, `ready` has the page laid out once more
document.fonts.addEventListener("loadingdone", look); // type that has just come may be wider

// The formulas that page.css leaves for later are drawn in idle moments, one by one, so that all wide ones are found.
const idle = window.requestIdleCallback ?? setTimeout; // Safari has only the second
const draw = ([first, ...others]) => {
  if (!first) return;
  first.style.contentVisibility = "visible";
  idle(() => draw(others));
};
addEventListener("load", () => idle(() => draw(drawings)));

// The root of the book, whatever folder it is published in or opened from.
const root = new URL(document.documentElement.dataset.content_root || "./", location.href);

// A word that the glossary explains shows its explanation at once, to the mouse and to the keyboard.
const definition = Object.assign(document.createElement("div"), { id: "definition", role: "tooltip", hidden: true });
document.body.append(definition);
let leaving;
const hideDefinition = () => {
  definition.hidden = true;
  document.querySelector("[aria-describedby=definition]")?.removeAttribute("aria-describedby");
};
// Time to reach the explanation itself; the keyboard's stays until the keyboard leaves.
const hideSoon = () => (leaving = setTimeout(() => document.querySelector("[aria-describedby=definition]:focus-visible") || hideDefinition(), 200));
definition.addEventListener("pointerenter", () => clearTimeout(leaving));
definition.addEventListener("pointerleave", hideSoon);
addEventListener("keydown", (event) => event.key === "Escape" && hideDefinition());
for (const term of document.querySelectorAll("a.term[title]")) {
  const { title } = term;
  term.removeAttribute("title");
  const show = () => {
    clearTimeout(leaving);
    hideDefinition();
    definition.textContent = title;
    definition.hidden = false;
    term.setAttribute("aria-describedby", definition.id);
    const { left, top, bottom } = term.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = definition;
    const below = bottom + offsetHeight + 12 < innerHeight || top < offsetHeight + 12;
    definition.style.left = `${Math.max(8, Math.min(left, document.documentElement.clientWidth - offsetWidth - 8)) + scrollX}px`;
    definition.style.top = `${(below ? bottom + 4 : top - offsetHeight - 4) + scrollY}px`;
  };
  term.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && show());
  term.addEventListener("pointerleave", hideSoon);
  term.addEventListener("focus", () => term.matches(":focus-visible") && show());
  term.addEventListener("blur", hideDefinition);
}

// The reader's place, kept in this browser alone: how much of each page was read, and where the reader was last.
const PLACE = "spikebook-place";
const place = {
  get: () => {
    try {
      return JSON.parse(localStorage.getItem(PLACE)) || { pages: {} };
    } catch {
      return { pages: {} };
    }
  },
  set: (value) => {
    try {
      localStorage.setItem(PLACE, JSON.stringify(value));
    } catch {} // a browser that keeps nothing
  },
};
const name = location.href.split(/[?#]/)[0].slice(root.href.length);
const sections = [...document.querySelectorAll("article section section[id]")].filter((one) => one.querySelector(":scope > h2"));
const about = document.querySelector(".about-page");
function noteReading() {
  // A section counts as read when its end has been on the screen.
  const ended = sections.filter((one) => {
    const { bottom } = one.getBoundingClientRect();
    return bottom > 0 && bottom < innerHeight;
  });
  if (!ended.length) return;
  const kept = place.get();
  const read = new Set([...(kept.pages[name]?.read || []), ...ended.map((one) => one.id)]);
  kept.pages[name] = { read: [...read], of: sections.length };
  const next = sections[sections.indexOf(ended.at(-1)) + 1] || ended.at(-1);
  kept.last = { name, at: next.id, section: heading(next), title: heading(document.querySelector("article section")) };
  place.set(kept);
  mark();
}
if (about && !/[?&]embed/.test(location.search)) {
  let waiting;
  addEventListener("scroll", () => (waiting ??= setTimeout(() => { waiting = undefined; noteReading(); }, 250)), { passive: true });
}
function heading(section) {
  const copy = section.querySelector("h1, h2").cloneNode(true);
  for (const extra of copy.querySelectorAll(".section-number, .headerlink")) extra.remove();
  return copy.textContent.trim();
}
function mark() {
  const { pages } = place.get();
  for (const link of document.querySelectorAll("nav.bd-links a.internal")) {
    const { read = [], of = 1 } = pages[link.href.split(/[?#]/)[0].slice(root.href.length)] || {};
    link.querySelector(".read")?.remove();
    if (!read.length) continue;
    const sign = Object.assign(document.createElement("span"), { className: "read" });
    sign.textContent = read.length >= of ? "read" : `${Math.round((100 * read.length) / of)} %`;
    link.append(" ", sign);
  }
}
mark();
const { last } = place.get();
if (last && about && document.querySelector(".bd-sidenav__home-link .current, [href='#'].current")?.closest(".bd-sidenav__home-link")) {
  const link = Object.assign(document.createElement("a"), {
    href: `${root.href}${last.name}#${last.at}`,
    textContent: `${last.title}: ${last.section}`,
  });
  const forget = Object.assign(document.createElement("button"), { type: "button", textContent: "Forget my place" });
  forget.addEventListener("click", () => {
    localStorage.removeItem(PLACE);
    about.replaceChildren();
    mark();
  });
  about.append("Go on with ", link, ". ", forget);
}

// After a reload, and on the way back, the text stands where it stood, whatever has become higher or lower above it.
const STOOD = `spikebook-stood ${location.pathname}`;
const blocks = [...document.querySelectorAll("article section > *")];
const keepPlace = () => {
  const { x, width } = document.querySelector(".bd-content").getBoundingClientRect();
  const block = document.elementFromPoint(x + width / 3, 100)?.closest("article section > *");
  try {
    if (block) sessionStorage.setItem(STOOD, JSON.stringify([blocks.indexOf(block), block.getBoundingClientRect().top]));
    else sessionStorage.removeItem(STOOD);
  } catch {} // a browser that keeps nothing
};
const stood = () => {
  try {
    return JSON.parse(sessionStorage.getItem(STOOD)) ?? [];
  } catch {
    return [];
  }
};
const standAgain = () => {
  const [number, top] = stood();
  if (!blocks[number]) return;
  const until = performance.now() + 3000;
  let mine = true;
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(act, () => (mine = false), { once: true, passive: true });
  const hold = () => {
    const off = blocks[number].getBoundingClientRect().top - top;
    if (Math.abs(off) > 1) scrollBy({ top: off, behavior: "instant" });
    if (mine && performance.now() < until) requestAnimationFrame(hold);
  };
  hold();
};
addEventListener("pagehide", keepPlace);
document.addEventListener("visibilitychange", () => document.hidden && keepPlace());
if (["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type)) addEventListener("load", standAgain);

// On a phone the page's contents lie over the page: a choice closes them.
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", ({ target }) => target.closest("a[href^='#']") && dialog.close());
}

// Read without a network: what was visited by itself, all of it when asked.
if (navigator.serviceWorker && location.protocol !== "file:") {
  navigator.serviceWorker.register(new URL("worker.js", root), { scope: root.pathname }).catch(() => {});
  // The first page came before there was anyone to keep it.
  if (!navigator.serviceWorker.controller) {
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      const used = performance.getEntriesByType("resource").map((one) => one.name);
      navigator.serviceWorker.controller.postMessage({ keep: [location.href, ...used] });
    });
  }
  const keep = document.querySelector(".keep-offline");
  if (keep) {
    keep.hidden = false;
    const said = keep.querySelector("output");
    keep.querySelector("button").addEventListener("click", async () => {
      (await navigator.serviceWorker.ready).active.postMessage("all");
    });
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      if (data.error) said.textContent = `Not everything could be kept: ${data.error}. Try again.`;
      else said.textContent = data.done < data.of ? `${data.done} of ${data.of} files` : "All of it is kept.";
    });
  }
}

// Paper is white: the colours of the light theme, while the page is printed.
let shownTheme;
addEventListener("beforeprint", () => {
  shownTheme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => (document.documentElement.dataset.theme = shownTheme));
