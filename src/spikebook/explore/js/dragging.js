// What a pointer moves. A point is held and dragged by mouse and finger alike; over a surface the mouse drags, while a finger
// scrolls the page, and a click or a tap acts.

import { element, spoken, unitText } from "./controls.js";

// A point in a picture that moves the settings `names`. A screen reader finds a slider there: a key is answered by what was set, of
// which the first is the slider's number.
export function pointOf(explorer, label, ...names) {
  const controls = names.map((name) => explorer.spec.controls.find((one) => one.name === name));
  const [{ low, high }] = controls;
  const point = element("div", "sb-point", "", { tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": low, "aria-valuemax": high });
  explorer.points.push((values) => {
    const texts = controls.map(({ name, unit }) => `${names.length > 1 ? `${spoken(name)} ` : ""}${values[name]} ${unitText(unit)}`);
    point.setAttribute("aria-valuenow", values[names[0]]);
    point.setAttribute("aria-valuetext", texts.join(", "));
  });
  return point;
}

export function draggable(point, onDrag, onStart = () => {}) {
  point.addEventListener("pointerdown", (event) => {
    point.setPointerCapture(event.pointerId);
    onStart(event);
  });
  point.addEventListener("pointermove", (event) => point.hasPointerCapture(event.pointerId) && onDrag(event));
}

export function pressable(surface, onPress, applies = () => true) {
  const byFinger = (event) => event.pointerType === "touch";
  surface.addEventListener("pointerdown", (event) => {
    if (byFinger(event) || !applies(event)) return;
    surface.setPointerCapture(event.pointerId);
    onPress(event);
  });
  // A finger is captured by what it touched, whether one asks for it or not.
  surface.addEventListener("pointermove", (event) => !byFinger(event) && surface.hasPointerCapture(event.pointerId) && onPress(event));
  surface.addEventListener("click", (event) => applies(event) && onPress(event));
}
