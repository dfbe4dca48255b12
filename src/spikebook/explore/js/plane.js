// The phase plane of a neuron with a parabola, a straight line and a reset: nullclines, fixed points and the trajectory, linked
// with its voltage over time. A place in the one is shown in the other: the plane is drawn as it is at the moment that is
// pointed at. Everything about the plane (`izhikevich_model.py`) is translated Python.

import { element } from "./controls.js";
import { Panel, ticks, tidy } from "./panel.js";
import { stroke, timelines } from "./timelines.js";

const ARROWS = [16, 9]; // across and up
const NEAR = 30; // pixels from the trajectory at which a pointer still means a moment of it

export const PLANE = ["coefficients", "velocity", "fast_nullcline", "slow_nullcline", "still", "kind"]; // of translated Python
export const plain = (text) => element("span", "sb-panel-name", text);

export const extremes = (values) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);

// A panel whose horizontal axis is not time.
export class Plane extends Panel {
  x(value) {
    const { left, right } = this.inner;
    const [low, high] = this.across;
    return left + ((right - left) * (value - low)) / (high - low);
  }

  valueAcross(x) {
    const { left, right } = this.inner;
    const [low, high] = this.across;
    return low + ((high - low) * (x - left)) / (right - left);
  }

  drawTime(look) {
    const g = this.context;
    const { bottom, left, right } = this.inner;
    g.fillStyle = look.muted;
    g.textBaseline = "top";
    g.textAlign = "center";
    for (const tick of ticks(...this.across, Math.max(3, Math.floor((right - left) / 70)))) {
      g.fillText(tidy(tick), Math.max(left + 8, Math.min(this.x(tick), right - 8)), bottom + 7);
    }
  }

  curve(points, look, colour, { width = 1.8, dash = [], alpha = 1 } = {}) {
    const g = this.context;
    g.strokeStyle = look[colour];
    g.lineWidth = width;
    g.globalAlpha = alpha;
    g.setLineDash(dash);
    g.beginPath();
    for (const [x, y] of points) g.lineTo(this.x(x), this.y(y));
    g.stroke();
    g.setLineDash([]);
    g.globalAlpha = 1;
  }

  dot(x, y, look, filled, colour = "ink", radius = 5) {
    const g = this.context;
    g.beginPath();
    g.arc(this.x(x), this.y(y), radius, 0, 2 * Math.PI);
    g.fillStyle = filled ? look[colour] : look.panel;
    g.fill();
    g.strokeStyle = look[colour];
    g.lineWidth = 1.8;
    g.stroke();
  }

  write(text, x, y, look, colour, align = "left") {
    const g = this.context;
    g.textAlign = align;
    g.textBaseline = "middle";
    g.strokeStyle = look.panel;
    g.lineWidth = 4;
    g.strokeText(text, x, y);
    g.fillStyle = look[colour];
    g.fillText(text, x, y);
  }

  // What is drawn next stays inside the axes.
  inside(drawing) {
    const g = this.context;
    const { top, bottom, left, right } = this.inner;
    g.save();
    g.beginPath();
    g.rect(left, top - 5, right - left, bottom - top + 5);
    g.clip();
    drawing();
    g.restore();
  }
}

// Room for a run of so many steps, kept while their number does not change.
export function recorder(names) {
  const store = {};
  return (steps, dt) => {
    if (store.steps === steps && store.dt === dt) return store;
    Object.assign(store, { steps, dt, samples: [0, 1, 2].map(() => new Float64Array(steps)), spikes: new Float64Array(steps) });
    store.arrays = Object.fromEntries(["t", ...names, "current"].map((name) => [name, new Float64Array(steps + 1)]));
    for (let i = 0; i <= steps; i++) store.arrays.t[i] = i * dt;
    return store;
  };
}

export function pointsAt({ program, form }, current) {
  const found = new Float64Array(4);
  const count = program.still(form, current, found);
  return Array.from({ length: count }, (_, k) => ({ at: [found[2 * k], found[2 * k + 1]], kind: program.kind(form, found[2 * k]) }));
}

// What a view's `arrays` are, of a run and its fixed points.
export const recorded = ({ arrays, spikes, points }) => ({
  ...Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()])),
  spike_times: spikes.slice(),
  fixed_points: Float64Array.from(points.flatMap(({ at }) => at)),
  kinds: Float64Array.from(points, ({ kind }) => kind),
});

// results: { settings, arrays, spikes, dt, steps, program, form, current, other }: the coefficients of the plane, the input it is
// drawn for while no moment is pointed at, and another one whose parabola is shown pale, and perhaps a window of the plane that is
// kept as it is; over(): what is drawn on top.
export function phaseField(spec, currentUnit, describe, over = () => {}) {
  const { state: [v, u], units: [unitV, unitU], kinds } = spec;
  let [wide, tall] = spec.window;
  const stable = (kind) => kinds[kind].startsWith("stable");
  const key = (text, colour, dashed = false) => {
    const node = element("span", dashed ? "sb-key sb-dashed" : "sb-key", text);
    node.style.setProperty("--key", `var(--sb-${colour})`);
    return node;
  };
  const plane = new Plane({
    height: 300, phoneHeight: 176, base: tall, showTime: true,
    title: [plain(`${u} (${unitU}) against ${v} (${unitV})`), key(`${v} stands still`, "K"), key(`${u} stands still`, "E"), key("reset", "muted", true)],
  });
  const field = element("div", "sb-map");
  field.append(plane.element);

  const lines = timelines(
    [
      { title: v, unit: unitV, base: [-90, 35], heights: [104, 72], most: 3, lines: [{ name: v, label: v, colour: "V" }] },
      { title: u, unit: unitU, base: [-20, 5], heights: [56, 44], most: 2, lines: [{ name: u, label: u, colour: "E" }] },
      { title: "current", unit: currentUnit, base: [0, 5], heights: [44, 34], most: 2, lines: [{ name: "current", label: "current", colour: "input" }] },
    ],
    describe,
    3,
    () => shown && drawPlane(),
  );

  let shown = null;
  // Whether there was room to draw.
  function draw(result, look) {
    shown = { result, look };
    const width = field.clientWidth;
    if (!width) return false;
    const narrow = width < 480;
    plane.fit(width, narrow);
    lines.panels[1].element.hidden = narrow; // the plane shows u too, and a phone has little room
    const { arrays, spikes, settings } = result;
    lines.draw(arrays, settings.duration, look, [], (panel, index) => {
      if (index > 0) return;
      for (const t of spikes) stroke(panel, look, "V", panel.x(t), panel.y(-40), panel.x(t), panel.y(spec.threshold), { width: 1.6 });
    });
    drawPlane();
    return true;
  }

  function drawPlane() {
    const { result, look } = shown;
    const { arrays, program, form, settings, dt, steps } = result;
    [wide, tall] = result.window ?? spec.window;
    plane.across = wide;
    const at = lines.at();
    const index = at === null ? steps : Math.round(at / dt);
    const current = at === null ? result.current : arrays.current[index];
    // The window grows with the trajectory and with the foot of the parabola.
    const lowest = program.fast_nullcline(form, -form[1] / (2 * form[0]), current);
    plane.base = result.window ? tall : widened(tall, [lowest - 4, ...extremes(arrays[u])]);
    plane.draw([], 1, look);
    plane.inside(() => {
      arrows(result, current, look);
      const { left, right } = plane.inner;
      const bowl = (I) => Array.from({ length: Math.ceil((right - left) / 3) + 1 }, (_, k) => plane.valueAcross(left + 3 * k)).map((x) => [x, program.fast_nullcline(form, x, I)]);
      if (current !== result.other) plane.curve(bowl(result.other), look, "K", { alpha: 0.35 });
      plane.curve(bowl(current), look, "K");
      const points = pointsAt(result, current);
      if (form[7] !== 0) plane.curve(wide.map((x) => [x, program.slow_nullcline(form, x)]), look, "E");
      else if (points.length) plane.curve(plane.scale.map((y) => [points[0].at[0], y]), look, "E");
      for (const x of [settings.c, spec.threshold]) plane.curve(plane.scale.map((y) => [x, y]), look, "muted", { width: 1, dash: [2, 4] });
      trajectory(result, look, index, at !== null);
      points.forEach(({ at: [x, y], kind }, k) => {
        plane.dot(x, y, look, stable(kind));
        // The lower one's name below it, where a start at rest leaves room, the upper one's to its right: where they meet the names stay apart.
        if (k === 0) plane.write(kinds[kind], plane.x(x) - 10, plane.y(y) + 24, look, "ink");
        else plane.write(kinds[kind], plane.x(x) + 12, plane.y(y) + 8, look, "ink");
      });
    });
    plane.write("c", plane.x(settings.c), plane.inner.top + 3, look, "muted", "center");
    if (spec.threshold < wide[1]) plane.write("peak", plane.x(spec.threshold) - 4, plane.inner.top + 3, look, "muted", "right");
    over(result, look);
    if (at !== null) plane.dot(arrays[v][index], arrays[u][index], look, true, "accent", 6);
  }

  function widened([low, high], values) {
    const step = 5;
    return [Math.min(low, step * Math.floor(Math.min(...values) / step)), Math.max(high, step * Math.ceil(Math.max(...values) / step))];
  }

  // Which way it goes: arrows of one length, since near the peak the plane is a thousand times as fast as at rest.
  function arrows({ program, form }, current, look) {
    const g = plane.context;
    const { top, bottom, left, right } = plane.inner;
    const moves = new Float64Array(2);
    g.strokeStyle = look.muted;
    g.globalAlpha = 0.45;
    g.lineWidth = 1;
    g.beginPath();
    for (let i = 0; i < ARROWS[0]; i++) {
      for (let j = 0; j < ARROWS[1]; j++) {
        const x = left + ((i + 0.5) * (right - left)) / ARROWS[0];
        const y = top + ((j + 0.5) * (bottom - top)) / ARROWS[1];
        program.velocity(form, plane.valueAcross(x), plane.value(y), current, moves);
        const [dx, dy] = [(moves[0] * (right - left)) / (wide[1] - wide[0]), (-moves[1] * (bottom - top)) / (plane.scale[1] - plane.scale[0])];
        const size = Math.hypot(dx, dy) || 1;
        const [ex, ey] = [(4.5 * dx) / size, (4.5 * dy) / size];
        g.moveTo(x - ex, y - ey);
        g.lineTo(x + ex, y + ey);
        g.lineTo(x + 0.3 * ex - 0.5 * ey, y + 0.3 * ey + 0.5 * ex);
      }
    }
    g.stroke();
    g.globalAlpha = 1;
  }

  // The run through the plane, pale behind the moment that is pointed at; every spike goes to the peak and jumps.
  function trajectory({ arrays, spikes, dt, steps, settings }, look, index, pointed) {
    const [V, U] = [arrays[v], arrays[u]];
    const last = Array.from(spikes, (t) => Math.floor(t / dt + 1e-6)); // the record before each jump
    const part = (from, to, colour) => {
      const g = plane.context;
      const jumps = [];
      let next = last.findIndex((k) => k >= from);
      if (next < 0) next = last.length;
      g.beginPath();
      g.moveTo(plane.x(V[from]), plane.y(U[from]));
      for (let i = from + 1; i <= to; i++) {
        if (last[next] === i - 1) {
          next++;
          g.lineTo(plane.x(spec.threshold), plane.y(U[i - 1]));
          g.moveTo(plane.x(settings.c), plane.y(U[i]));
          jumps.push([[spec.threshold, U[i - 1]], [settings.c, U[i]]]);
        }
        g.lineTo(plane.x(V[i]), plane.y(U[i]));
      }
      g.strokeStyle = look[colour];
      g.lineWidth = 1.5;
      g.lineJoin = "round";
      g.stroke();
      for (const jump of jumps) plane.curve(jump, look, "muted", { width: 1, dash: [5, 4] });
    };
    if (pointed) part(index, steps, "ghost");
    part(0, index, "V");
  }

  // A pointer near the trajectory means a moment of it.
  field.addEventListener("pointermove", (event) => {
    if (!shown || event.target !== plane.canvas) return;
    const box = plane.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const { arrays, dt, steps } = shown.result;
    let [nearest, best] = [NEAR * NEAR, null];
    for (let i = 0; i <= steps; i++) {
      const [dx, dy] = [plane.x(arrays[v][i]) - x, plane.y(arrays[u][i]) - y];
      if (dx * dx + dy * dy < nearest) [nearest, best] = [dx * dx + dy * dy, i * dt];
    }
    lines.moveTo(best);
  });
  field.addEventListener("pointerleave", () => lines.moveTo(null));

  return { field, plane, lines, draw, stable, shown: () => shown?.result };
}
