// The page on which one searches: looks through PAGES, which search_places.py gathered, and shows the best places first.

const MOST = 40;
const FEW = 5; // places that have all the words: then others, which have some of them, come after these
const COMMON = new Set("a an and are as at be by can do does for from has have how i in is it its need needs of on or that the there this to what when where which why with you".split(" "));

// What the forms of a word have in common, as in glossary_links.py: spike, spikes, spiking.
const stem = (word) => word.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/^(.{3,}?)(?:ing|ed|es|e)$|^(.{2,}[^su])s$/, "$1$2");

const places = PAGES.flatMap(({ address, title, weight, places }) =>
  places.map(([anchor, name, paragraphs, code]) => ({ address: `${address}#${anchor}`, page: title, name, paragraphs, code, weight })));
const index = new MiniSearch({
  fields: ["name", "page", "paragraphs", "code"],
  idField: "address",
  processTerm: (word) => COMMON.has(word.toLowerCase()) ? null : stem(word),
  searchOptions: {
    boost: { name: 4, code: 0.3 },
    prefix: (word) => word.length > 2,
    fuzzy: (word) => word.length > 4 ? 0.2 : false,
    boostDocument: (address) => byAddress.get(address).weight,
  },
});
const byAddress = new Map(places.map((place) => [place.address, place]));
const indexed = index.addAllAsync(places, { chunkSize: 40 }); // so that a phone can answer the reader meanwhile

// A part of the text around its first word that was looked for, with all of these marked. Code only where no text has one.
// A place that is named after the words is told from its beginning.
function excerpt({ name, paragraphs, code }, terms) {
  const found = new Set(terms);
  const isFound = (word) => found.has(stem(word));
  const words = (text) => text.split(/([\p{L}\p{M}\p{N}]+)/u);
  const count = (text) => new Set(words(text).map(stem).filter((word) => found.has(word))).size;
  const text = [paragraphs, code].flat().reduce((best, one) => count(one) > count(best) && !(count(best) && code.includes(one)) ? one : best, paragraphs[0] ?? "");
  const parts = words(text);
  const first = count(name) === found.size ? 0 : Math.max(parts.findIndex(isFound), 0);
  let start = first, end = first, length = 0;
  while (start > 0 && length < 80) length += parts[--start].length;
  while (end < parts.length && length < 260) length += parts[end++].length;
  const shown = document.createElement("p");
  shown.className = "context";
  if (start) shown.append("… ");
  for (const part of parts.slice(start, end)) shown.append(isFound(part) ? Object.assign(document.createElement("mark"), { textContent: part }) : part);
  if (end < parts.length) shown.append(" …");
  return shown;
}

const report = Object.assign(document.createElement("p"), { className: "search-summary" });
report.setAttribute("role", "status");
const list = Object.assign(document.createElement("ol"), { className: "search" });
document.getElementById("search-results").append(report, list);

// Words that stand side by side, as they were asked for, count twice.
const stems = (text) => ` ${(text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map(stem).join(" ")} `;
const says = (place, phrase) => (place.stems ??= stems([place.name, ...place.paragraphs].join(" "))).includes(phrase);

function search(query) {
  const phrase = stems(query);
  const ranked = (combineWith) => {
    const found = index.search(query, { combineWith });
    for (const result of found) if (says(byAddress.get(result.id), phrase)) result.score *= 2;
    return found.sort((a, b) => b.score - a.score);
  };
  const results = ranked("AND");
  if (results.length < FEW) {
    const best = new Set(results.map(({ id }) => id));
    results.push(...ranked("OR").filter(({ id }) => !best.has(id)));
  }
  const more = results.length > MOST ? `, the best ${MOST} of them:` : "";
  if (!query.trim()) report.textContent = "";
  else if (results.length) report.textContent = `${results.length} ${results.length > 1 ? "places" : "place"}${more}`;
  else report.textContent = `Nothing in the book matches “${query}”.`;
  list.replaceChildren(...results.slice(0, MOST).map(({ id, terms }) => {
    const place = byAddress.get(id);
    const { address, page, name } = place;
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("a"), { href: address, textContent: name }));
    if (name !== page) item.append(Object.assign(document.createElement("span"), { className: "page", textContent: page }));
    item.append(excerpt(place, terms));
    return item;
  }));
}

const field = document.querySelector(".bd-search-container input[name=q]");
field.value = new URLSearchParams(location.search).get("q") ?? "";
indexed.then(() => {
  search(field.value);
  field.addEventListener("input", () => search(field.value));
});
// Not with each letter: Safari refuses more than a hundred of these in half a minute.
field.addEventListener("change", () => history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`));
field.form.addEventListener("submit", (event) => event.preventDefault());
