// Where explorers live: a published page, which finds them itself, or a kernel's widget, which is handed one.

import { element } from "./controls.js";
import { Explorer } from "./explorer.js";

function mount(root, spec, options) {
  try {
    return new Explorer(root, spec, options);
  } catch (error) {
    // One broken explorer says so in its own box and leaves the rest of the page alone.
    root.replaceChildren(element("p", "sb-message", `This explorer could not start: ${error.message}`, { role: "alert" }));
    console.error(error);
    return null;
  }
}

// Bring the page's explorers to life, each when the reader comes near it. `page.html#stem?current=8` sets one up,
// `page.html?embed=stem` shows one alone, for a slide or a learning-management system.
export function bringToLife(page) {
  const start = () => {
    const wanted = new URLSearchParams(location.search).get("embed");
    const roots = [...page.querySelectorAll("[data-explorer]")];
    const shown = wanted && roots.find((root) => root.dataset.explorer === wanted);
    if (shown) {
      page.documentElement.classList.add("sb-embedded");
      shown.classList.add("sb-shown");
      page.body.append(shown);
    } else if (wanted) {
      const names = roots.map((root) => root.dataset.explorer).join(", ") || "none";
      page.body.prepend(element("p", "sb-message", `This page has no explorer “${wanted}”; it has: ${names}.`, { role: "alert" }));
    }
    const observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) wake(target);
    }, { rootMargin: "600px" });
    const wake = (root) => {
      observer.unobserve(root);
      if (root.explorer || root.dataset.failed) return root.explorer;
      let spec;
      try {
        spec = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
      } catch (error) {
        spec = null;
      }
      root.live = mount(root, spec ?? {}, { page: true });
      if (!root.live) root.dataset.failed = "true";
    };
    for (const root of roots) observer.observe(root);
    window.addEventListener("beforeprint", () => {
      for (const root of roots) {
        wake(root);
        root.live?.update();
      }
    });
    const follow = () => {
      const [name, settings] = decodeURIComponent(location.hash.slice(1)).split("?");
      const root = settings !== undefined && roots.find((one) => one.dataset.explorer === name);
      if (!root) return;
      wake(root);
      root.live?.fromAddress(settings);
      root.scrollIntoView({ block: "start" });
    };
    window.addEventListener("hashchange", follow);
    follow();
  };
  if (page.readyState === "loading") page.addEventListener("DOMContentLoaded", start);
  else start();
}

// anywidget: the settings are the model's traits.
export function render({ model, el }) {
  const root = element("div", "spikebook-explorer");
  el.append(root);
  const store = {
    get: (name) => model.get(name),
    set(name, value) {
      model.set(name, value);
      model.save_changes();
    },
  };
  const explorer = mount(root, model.get("_spec"), { store });
  if (!explorer) return undefined;
  for (const name of Object.keys(explorer.values)) {
    model.on(`change:${name}`, () => {
      if (JSON.stringify(model.get(name)) !== JSON.stringify(explorer.values[name])) explorer.received(name, model.get(name));
    });
  }
  return () => explorer.dispose();
}
