// What a pointer moves. A point is held and dragged by mouse and finger alike; over a surface the mouse drags, while a finger
// scrolls the page, and a click or a tap acts.

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
