// The core that all explorers share: settings, controls, the loop from a change to a picture, export, messages.
//
// A view is a function (explorer) -> { elements, tools, canvases, compute(settings), draw(result, look), adapt(name, value), wake(),
// settling(), summary(result), table(result), arrays(result) } that shows one kind of computation:
//   elements   what it puts on the stage; tools: rows of buttons beside the controls
//   canvases   [{ canvas, caption, width }], what a picture is made of
//   compute    from the settings to a result, by translated Python; an error thrown there is shown to the reader
//   adapt      optional: called when a setting is shown, for what depends on it
//   wake       optional: called when the explorer comes into sight, for what moves by itself
//   settling   optional: whether the result still changes by itself; the view then calls `summarize` when it has settled
//   summary    the result in words; table: its columns, [{ title, values }]; arrays: what `trace()` returns
// The core knows nothing of neurons.

import { button, choice, element, reword, slider } from "./controls.js";
import { views } from "./views.js";

const SETTLED = 500, HEARD = 5000; // ms after which words for a screen reader are written, and are gone again

export class Explorer {
  // root: the element to fill; spec: what Python says of the explorer, with the settings it was shown at; store: where
  // settings live in a kernel.
  constructor(root, spec, { store = null, page = false } = {}) {
    Object.assign(this, { root, spec, store, page });
    this.values = {};
    this.rows = {};
    this.points = []; // what is called with the values when one is shown
    this.stale = true;
    this.visible = true;
    this.build();
    root.explorer = this.handle();
  }

  get defaults() {
    const { controls, lists } = this.spec;
    return Object.fromEntries([
      ...controls.map(({ name, value }) => [name, value]),
      ...Object.entries(lists).map(([name, { value }]) => [name, [...value]]),
    ]);
  }

  build() {
    const { spec, root } = this;
    root.replaceChildren();
    root.classList.add("spikebook-explorer");
    root.dataset.explorer = spec.name;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", spec.title);
    this.values = { ...this.defaults, ...spec.settings };
    if (this.store) for (const name of Object.keys(this.values)) this.values[name] = this.store.get(name);

    const head = element("div", "sb-head");
    head.append(element("p", "sb-title", spec.title));
    if (spec.hint) head.append(element("p", "sb-hint", spec.hint));
    this.view = views[spec.view](this);
    const stage = element("div", "sb-stage");
    stage.append(...this.view.elements);
    this.summary = element("p", "sb-summary");
    this.status = element("p", "sb-status", "", { "aria-live": "polite", role: "status" });
    this.message = element("p", "sb-message", "", { role: "alert" });
    stage.append(this.summary, this.status, this.message);
    const live = element("div", "sb-live");
    const panel = this.panel();
    // On a narrow page the stage lies over the controls that scroll: what the keyboard comes to is moved out from under it.
    panel.addEventListener("focusin", ({ target }) => {
      const [above, here] = [stage, target].map((one) => one.getBoundingClientRect());
      const covered = above.bottom - here.top;
      if (target.matches(":focus-visible") && covered > 0 && above.top < here.bottom && above.right > here.left) scrollBy(0, -covered - 8);
    });
    live.append(head, stage, panel);
    root.append(live);
    for (const name of Object.keys(this.values)) this.show(name);
    this.watch();
  }

  panel() {
    const { spec } = this;
    const panel = element("div", "sb-controls");
    const groups = {};
    for (const control of spec.controls) {
      const { name, group, options } = control;
      if (options && Object.keys(options).length === 1) continue;
      // A choice may bring values of other settings with it.
      this.rows[name] = (options ? choice : slider)(control, (value) => (control.sets ? this.apply({ [name]: value, ...control.sets[value] }) : this.set(name, value)));
      groups[group] ??= element("div", "sb-group");
      groups[group].append(this.rows[name].row);
    }
    const presets = element("div", "sb-tools");
    for (const [label, settings] of Object.entries(spec.presets)) {
      presets.append(button(label, `Set up: ${label}`, () => this.apply(settings)));
    }
    if (presets.childElementCount) panel.append(presets);
    const tools = element("div", "sb-tools");
    tools.append(button("Reset", "All settings as they were at first", () => this.reset()));
    if (this.page) tools.append(button("Link", "Copy a link to these settings", () => this.link()));
    tools.append(
      button("CSV", "Save the traces as a table", () => this.save("csv", this.csv(), "text/csv")),
      button("Picture", "Save the picture as PNG", () => this.picture().toBlob((blob) => this.save("png", blob))),
    );
    const code = element("details", "sb-code");
    const pre = element("pre", "", spec.equations, { tabindex: 0 });
    code.append(element("summary", "", "The equations that run here"), pre);
    panel.append(...Object.values(groups), ...(this.view.tools ?? []), tools, code);
    return panel;
  }

  // ---- settings

  // Take a value for a setting; clamp it to the control's range and say so. Returns the value taken.
  accept(name, value) {
    const control = this.spec.controls.find((one) => one.name === name);
    if (control?.options) {
      if (Object.hasOwn(control.options, value)) return value;
      this.say(`There is no ${name} ${value}; there are ${Object.keys(control.options).join(", ")}.`);
      return this.values[name];
    }
    if (control) {
      const { low, high, step, unit, whole } = control;
      const number = typeof value === "number" ? value : NaN;
      if (!Number.isFinite(number)) {
        this.say(`${name} must be a number from ${low} to ${high} ${unit}; it was left as it is.`);
        return this.values[name];
      }
      let taken = Math.min(high, Math.max(low, number));
      if (whole) taken = Number((Math.round(taken / step) * step).toFixed(6));
      if (taken !== number) {
        const steps = whole ? ` in steps of ${step}` : "";
        this.say(`${name} was set to ${taken} ${unit}: it runs from ${low} to ${high}${steps}.`);
      }
      return taken;
    }
    if (Object.hasOwn(this.spec.lists, name)) {
      const { most } = this.spec.lists[name];
      const numbers = Array.from(value, Number).filter(Number.isFinite).slice(0, most);
      if (numbers.length < value.length) this.say(`${name} takes up to ${most} numbers; the others were left out.`);
      return numbers;
    }
    throw new Error(`this explorer has no setting ${name}; it has ${Object.keys(this.values).join(", ")}`);
  }

  set(name, value) {
    this.say("");
    const taken = this.accept(name, value);
    this.values[name] = taken;
    this.show(name);
    if (this.store) this.store.set(name, taken);
    this.changed();
  }

  apply(settings) {
    this.say("");
    for (const [name, value] of Object.entries(settings)) {
      this.values[name] = this.accept(name, value);
      this.show(name);
      if (this.store) this.store.set(name, this.values[name]);
    }
    this.changed();
  }

  // A link in the page's address would set the explorer up again at the next visit.
  reset() {
    this.apply(this.defaults);
    const [address, link] = location.href.split("#");
    if (link?.startsWith(`${this.spec.name}?`)) history.replaceState(null, "", address);
  }

  // A change that came from the kernel: show it, but do not send it back.
  received(name, value) {
    this.values[name] = value;
    this.show(name);
    this.changed();
  }

  show(name) {
    this.rows[name]?.show(this.values[name]);
    for (const show of this.points) show(this.values);
    this.view.adapt?.(name, this.values[name]);
  }

  // ---- from a change to a picture

  // The first change in a frame is computed and drawn at once, so that it is on the screen with this frame; further ones
  // in the same frame wait for the next.
  changed() {
    this.stale = true;
    if (!this.visible || this.waiting) return;
    this.update();
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.stale && this.visible) this.update();
    });
  }

  update() {
    if (!this.stale) return;
    this.stale = false;
    const first = !this.result;
    try {
      this.result = this.view.compute({ ...this.spec.fixed, ...this.values });
      this.failure = null;
      this.redraw();
      this.summarize(this.view.summary(this.result), first || this.view.settling?.());
    } catch (error) {
      this.failure = error;
      this.say(error.message);
      this.summarize("");
    }
  }

  redraw() {
    if (!this.result) return;
    this.look ??= this.readLook();
    this.view.draw(this.result, this.look);
  }

  readLook() {
    const style = getComputedStyle(this.root);
    const names = ["paper", "panel", "rule", "ink", "muted", "accent", "V", "Na", "K", "Ca", "L", "input", "E", "I"];
    const look = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--sb-${name}`).trim()]));
    return { ...look, ghost: `color-mix(in srgb, ${look.ink} 28%, ${look.panel})`, font: style.getPropertyValue("--sb-label-font").trim() || "sans-serif" };
  }

  // Sleep while off screen; redraw when the width or the theme changes.
  watch() {
    this.observers = [
      new IntersectionObserver(([entry]) => {
        this.visible = entry.isIntersecting;
        if (!this.visible) return;
        this.update();
        this.view.wake?.();
      }, { rootMargin: "100px" }),
      new ResizeObserver(() => this.visible && this.redraw()),
      new MutationObserver(() => this.retheme()),
    ];
    this.observers[0].observe(this.root);
    this.observers[1].observe(this.root);
    for (const watched of [document.documentElement, document.body]) {
      this.observers[2].observe(watched, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "class"] });
    }
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.retheme = () => {
      this.look = null;
      this.redraw();
    };
    this.dark.addEventListener("change", this.retheme);
    document.fonts?.ready.then(() => this.redraw());
  }

  dispose() {
    for (const observer of this.observers) observer.disconnect();
    this.dark.removeEventListener("change", this.retheme);
  }

  // ---- what leaves the explorer

  say(text) {
    reword(this.message, text);
  }

  // The result in words: seen at once, and heard when it has changed and settled.
  summarize(text, silent = false) {
    if (this.summary.textContent === text) return;
    reword(this.summary, text);
    if (!silent) this.announce(text);
  }

  // For a screen reader alone: the last of what is said in quick succession. It does not stay, or it would be read beside the summary.
  announce(text) {
    clearTimeout(this.announcing);
    reword(this.status, "");
    this.announcing = setTimeout(() => {
      reword(this.status, text);
      this.announcing = setTimeout(() => reword(this.status, ""), HEARD);
    }, SETTLED);
  }

  // What scripts and tests hold: `element.explorer`.
  handle() {
    const explorer = this;
    return {
      get settings() {
        return structuredClone(explorer.values);
      },
      set settings(settings) {
        explorer.apply(settings);
      },
      trace() {
        explorer.update();
        if (explorer.failure) throw explorer.failure;
        return explorer.view.arrays(explorer.result);
      },
      link: () => explorer.address(),
    };
  }

  // The settings that differ from the first ones, as the page's address; `fromAddress` reads it.
  address() {
    const changed = new URLSearchParams();
    for (const [name, value] of Object.entries(this.defaults)) {
      const now = this.values[name];
      if (JSON.stringify(now) !== JSON.stringify(value)) changed.set(name, Array.isArray(now) ? now.join(" ") : now);
    }
    const [address] = location.href.split("#");
    return `${address}#${this.spec.name}?${changed}`;
  }

  fromAddress(text) {
    const settings = this.defaults;
    for (const [name, value] of new URLSearchParams(text)) {
      if (!(name in this.values)) continue;
      if (Array.isArray(settings[name])) settings[name] = value.split(" ").filter(Boolean).map(Number);
      else settings[name] = typeof settings[name] === "string" ? value : Number(value);
    }
    this.apply(settings);
  }

  async link() {
    const address = this.address();
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      this.say("A link to these settings was copied.");
    } catch {
      this.say("A link to these settings stands in the address bar.");
    }
  }

  csv() {
    const columns = this.view.table(this.result);
    const rows = [columns.map(({ title }) => title).join(",")];
    for (let i = 0; i < columns[0].values.length; i++) rows.push(columns.map(({ values }) => values[i]).join(","));
    return rows.join("\n") + "\n";
  }

  // All canvases below one another on the page's colour, with their captions and the summary.
  picture() {
    const canvases = this.view.canvases;
    const ratio = canvases[0].canvas.width / canvases[0].width;
    const line = 22;
    const height = canvases.reduce((sum, { canvas }) => sum + canvas.height + line * ratio, 2.5 * line * ratio);
    const picture = element("canvas");
    picture.width = canvases[0].canvas.width + 16 * ratio;
    picture.height = height;
    const g = picture.getContext("2d");
    const look = this.readLook();
    g.fillStyle = look.paper || "white";
    g.fillRect(0, 0, picture.width, picture.height);
    g.scale(ratio, ratio);
    g.fillStyle = look.ink;
    g.textBaseline = "top";
    g.font = `600 14px ${look.font}`;
    g.fillText(this.spec.title, 8, 8);
    let top = 1.3 * line;
    for (const { canvas, caption } of canvases) {
      g.font = `12px ${look.font}`;
      g.fillStyle = look.ink;
      g.fillText(caption.textContent, 8, top + 4);
      g.drawImage(canvas, 8, top + line, canvas.width / ratio, canvas.height / ratio);
      top += line + canvas.height / ratio;
    }
    g.fillStyle = look.muted;
    g.fillText(this.summary.textContent, 8, top + 6);
    return picture;
  }

  save(ending, content, type) {
    const blob = content instanceof Blob ? content : new Blob([content], { type });
    const anchor = element("a", "", "", { href: URL.createObjectURL(blob), download: `${this.spec.name}.${ending}` });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
    this.announce(`Saved as ${anchor.download}.`);
  }
}
