// Moves a deck, and gives it the reader's light or dark, which the book's pages keep under the same name.

const html = document.documentElement;
const isDark = () => html.dataset.theme === "dark";
function show(theme) {
  html.dataset.theme = theme;
  for (const frame of document.querySelectorAll("iframe")) {
    try {
      frame.contentDocument.documentElement.dataset.theme = theme;
    } catch {} // from a disk a frame is another's; it follows the system
  }
}
const kept = () => {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
};
show(["light", "dark"].includes(kept()) ? kept() : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

if (window.Reveal) {
  const isPrinted = /view=print|print-pdf/.test(location.search);
  if (isPrinted) {
    html.classList.add("on-paper");
    show("light");
  }
  Reveal.initialize({ width: 1280, height: 720, margin: 0, center: false, hash: true, scrollActivationWidth: 0, display: "flex", transition: "none", slideNumber: "c/t", pdfSeparateFragments: false, plugins: [RevealNotes] });
  Reveal.addKeyBinding({ keyCode: 68, key: "D", description: "Light or dark" }, () => show(isDark() ? "light" : "dark"));
  for (const frame of document.querySelectorAll("iframe")) frame.addEventListener("load", () => show(html.dataset.theme));
}
