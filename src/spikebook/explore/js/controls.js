// Native form controls: a slider with a number beside it, a choice, and buttons.

// The field's symbols as they are typeset: g_Na becomes g with Na below; the first letter is italic. tau and sigma are Greek ones.
export function symbol(name) {
  const span = element("span", "sb-symbol");
  const match = /^([A-Za-z\u03c3\u03c4])(?:_(\w+))?$/.exec(name.replace(/^tau(?=_|$)/, "\u03c4").replace(/^sigma$/, "\u03c3"));
  if (!match) {
    span.textContent = spoken(name);
    return span;
  }
  span.append(element("i", "", match[1]));
  if (match[2]) span.append(element("sub", "", match[2]));
  return span;
}

export const spoken = (name) => name.replaceAll("_", " ");

export function element(tag, className = "", text = "", attributes = {}) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// Changes a node's words in place. A text node put in for another would have every rule of the page that looks at a
// box's content looked at again, in every frame of what moves. What is unchanged is not touched, or it might be read out again.
export function reword(node, text) {
  if (node.textContent === text) return;
  if (node.childNodes.length === 1 && node.firstChild.nodeType === Node.TEXT_NODE) node.firstChild.data = text;
  else node.textContent = text;
}

// What keys of `stack` bring to `reading` is read out; what changes it while the focus is elsewhere is not.
export function readOut(stack, reading) {
  stack.addEventListener("keydown", () => reading.setAttribute("aria-live", "polite"));
  stack.addEventListener("focusout", () => reading.setAttribute("aria-live", "off"));
}

export const UNITS = {
  "uA/cm2": "µA/cm²", "mS/cm2": "mS/cm²", "uF/cm2": "µF/cm²", um: "µm", "degrees C": "°C", degrees: "°",
  "1e-6 cm/s": "10⁻⁶ cm/s", "nC/cm2": "nC/cm²",
};

export function unitText(unit) {
  return UNITS[unit] ?? unit;
}

let next = 0;

// A slider and a number for one setting. `onInput(value)` gets every change; `show(value)` moves both.
export function slider(control, onInput) {
  const { name, low, high, step, unit, meaning } = control;
  const id = `sb-${name}-${next++}`;
  const row = element("div", "sb-control");
  const label = element("label", "", "", { for: id, title: meaning });
  label.append(control.label ?? symbol(name), element("span", "sb-meaning", meaning));
  const common = { min: low, max: high, "aria-label": control.label ?? `${spoken(name)}, ${meaning}` };
  const range = element("input", "", "", { ...common, id, type: "range", step: "any", name });
  const box = element("input", "", "", { ...common, type: "number", step: "any", inputmode: "decimal" });
  const shown = unitText(unit);
  const field = element("span", "sb-field");
  field.append(box, element("span", "sb-unit", shown));
  row.append(label, field, range);
  // The slider's own steps start at its low end; ours are multiples of `step`, reached by drag and by key alike.
  const snapped = (value) => Number((Math.round(value / step) * step).toFixed(6));
  const within = (value) => Math.min(high, Math.max(low, value));
  range.addEventListener("input", () => onInput(within(snapped(range.valueAsNumber))));
  // A finger that comes down here and then scrolls the page has moved the slider: it is put back.
  let before;
  range.addEventListener("pointerdown", () => (before = range.valueAsNumber));
  range.addEventListener("pointercancel", () => onInput(before));
  range.addEventListener("keydown", (event) => {
    const amount = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (amount === undefined) return;
    event.preventDefault();
    onInput(within(snapped(range.valueAsNumber + amount * step)));
  });
  box.addEventListener("change", () => onInput(box.valueAsNumber));
  return {
    row,
    show(value) {
      if (range.valueAsNumber !== value) range.value = value;
      range.setAttribute("aria-valuetext", `${value} ${shown}`);
      if (box.valueAsNumber !== value) box.value = value;
    },
    reach(low, high) {
      range.min = low;
      range.max = high;
    },
    enable(on) {
      range.disabled = box.disabled = !on;
      row.classList.toggle("sb-off", !on);
    },
  };
}

export function choice({ name, meaning, options }, onInput) {
  const id = `sb-${name}-${next++}`;
  const row = element("div", "sb-control sb-choice");
  const select = element("select", "", "", { id, name });
  for (const [value, text] of Object.entries(options)) select.append(element("option", "", text, { value }));
  row.append(element("label", "", meaning, { for: id }), select);
  select.addEventListener("change", () => onInput(select.value));
  return { row, show: (value) => (select.value = value) };
}

export function button(text, title, onClick) {
  const node = element("button", "", text, { type: "button", title });
  node.addEventListener("click", onClick);
  return node;
}
