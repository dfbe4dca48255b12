// What the page does by itself, beside its explorers.

const tucked = new Set();
const beside = new IntersectionObserver((entries) => {
  // An explorer, the objectives or a margin note need the column of the page's contents: tuck the contents away while one is in view.
  for (const { target, isIntersecting } of entries) tucked[isIntersecting ? "add" : "delete"](target);
  document.body.classList.toggle("tucked", tucked.size > 0);
});
for (const wide of document.querySelectorAll("[data-explorer], .objectives, .wide, .margin")) beside.observe(wide);

// A wide equation scrolls by itself, so it must be reachable from the keyboard.
const letScroll = () => {
  for (const box of document.querySelectorAll(".katex-display, .pst-scrollable-table-container")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("resize", letScroll);
document.fonts.ready.then(letScroll);

// Search results come on their own page, not while one types: that would load the index on every page.
DOCUMENTATION_OPTIONS.search_as_you_type = false;

// From a disk no page may read another, so there the search's results come without excerpts.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
