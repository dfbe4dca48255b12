// The view of a phase plane: nullclines, fixed points and the trajectory of a neuron with a reset, and its voltage over time.
// A place in the one is shown in the other: the plane is drawn as it is at the moment that is pointed at.
//
// The neuron's program and everything about the plane (`izhikevich_model.py`) is translated Python.

import { element } from "./controls.js";
import { draggable, pressable } from "./dragging.js";
import { Panel, ticks, tidy } from "./panel.js";
import { pulseTools } from "./pulses.js";
import { stroke, timelines } from "./timelines.js";

const ARROWS = [16, 9]; // across and up
const NEAR = 30; // pixels from the trajectory at which a pointer still means a moment of it

const hundredths = (value) => value.toFixed(2).replace("-", "\u2212");

// A panel whose horizontal axis is not time.
class Plane extends Panel {
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

export function phasePlane(explorer) {
  const { spec } = explorer;
  const { state: [v, u], units: [unitV, unitU], window: [wide, tall], kinds, parameters, runs } = spec;
  const names = [...Object.values(runs), "add_ramp", "coefficients", "velocity", "fast_nullcline", "slow_nullcline", "still", "kind", "current_at", "edges"];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();
  const control = (name) => spec.controls.find((one) => one.name === name);
  const input = control("current");

  // ---- computing

  const store = {};
  function memory(steps, dt) {
    if (store.steps === steps && store.dt === dt) return store;
    Object.assign(store, { steps, dt, samples: [0, 1, 2].map(() => new Float64Array(steps)), spikes: new Float64Array(steps) });
    store.arrays = Object.fromEntries(["t", v, u, "current"].map((name) => [name, new Float64Array(steps + 1)]));
    for (let i = 0; i <= steps; i++) store.arrays.t[i] = i * dt;
    return store;
  }

  // The current: constant, and short pulses on top of it. Python's `trace` says the same.
  const stimulus = ({ current, pulses, pulse_current: height }) => [
    [0, spec.forever, current, current],
    ...pulses.map((time) => [time, time + spec.pulse_width, height, height]),
  ];

  function compute(settings) {
    const converged = settings.scheme === "converged";
    const dt = converged ? spec.dt : Number(settings.scheme);
    const steps = Math.round(settings.duration / dt);
    const { samples, spikes, arrays } = memory(steps, dt);
    for (const sample of samples) sample.fill(0);
    for (const part of stimulus(settings)) program.add_ramp(steps, dt, ...samples, ...part);
    arrays.current.set(samples[0]);
    arrays.current[steps] = samples[2][steps - 1];
    const [least, most] = spec.limits;
    if (!arrays.current.every((value) => least <= value && value <= most)) {
      throw new Error(`Together the inputs leave the range from ${least} to ${most}. Remove a pulse.`);
    }
    const values = parameters.map((name) => settings[name]);
    const start = [settings.v_start, settings.u_start];
    const run = program[converged ? runs.converged : runs.euler];
    const count = run(steps, dt, ...samples, ...start, ...values, spec.threshold, arrays[v], arrays[u], spikes);
    if (count < 0 || !Number.isFinite(arrays[v][steps])) {
      throw new Error("With these settings the neuron cannot be followed; move one of them back.");
    }
    const plane = new Float64Array(8);
    program.coefficients(...values, plane);
    return { settings, arrays, dt, steps, plane, spikes: spikes.slice(0, count), points: pointsAt(plane, settings.current), lost: lostAt(plane) };
  }

  function pointsAt(plane, current) {
    const found = new Float64Array(4);
    const count = program.still(plane, current, found);
    return Array.from({ length: count }, (_, k) => ({ at: [found[2 * k], found[2 * k + 1]], kind: program.kind(plane, found[2 * k]) }));
  }

  // Where rest is lost, in the order in which it happens as the input grows.
  function lostAt(plane) {
    const found = new Float64Array(4);
    const count = program.edges(plane, found);
    return ["saddle-node", "Andronov-Hopf"].slice(0, count).map((what, k) => ({ what, current: found[2 * k], at: found[2 * k + 1] })).reverse();
  }

  const stable = (kind) => kinds[kind].startsWith("stable");

  // ---- drawing

  const key = (text, colour, dashed = false) => {
    const node = element("span", dashed ? "sb-key sb-dashed" : "sb-key", text);
    node.style.setProperty("--key", `var(--sb-${colour})`);
    return node;
  };
  const plain = (text) => element("span", "sb-panel-name", text);
  const plane = new Plane({
    height: 300, phoneHeight: 176, base: tall, showTime: true,
    title: [plain(`${u} (${unitU}) against ${v} (${unitV})`), key(`${v} stands still`, "K"), key(`${u} stands still`, "E"), key("reset", "muted", true)],
  });
  plane.across = wide;
  const handle = element("div", "sb-point", "", {
    tabindex: 0,
    role: "application",
    "aria-label": `Starting point in the plane. Left and right arrow change ${v}, up and down arrow ${u}; with Shift in larger steps.`,
  });
  const field = element("div", "sb-map");
  field.append(plane.element, handle);

  const lines = timelines(
    [
      { title: v, unit: unitV, base: [-90, 35], heights: [104, 72], most: 3, lines: [{ name: v, label: v, colour: "V" }] },
      { title: u, unit: unitU, base: [-20, 5], heights: [56, 44], most: 2, lines: [{ name: u, label: u, colour: "E" }] },
      { title: "current", unit: input.unit, base: [0, 5], heights: [44, 34], most: 2, lines: [{ name: "current", label: "current", colour: "input" }] },
    ],
    `The voltage and the current over time. Enter injects a pulse at the line, Delete removes all pulses.`,
    3,
    () => shown && drawPlane(),
  );
  const [traces] = lines.elements;

  const branch = new Plane({
    height: 112, phoneHeight: 96, base: [-80, -40], most: 2, showTime: true,
    title: [plain(`where it stands still: ${v} (${unitV}) against the current`)],
  });
  branch.across = [input.low, input.high];
  const diagram = element("div");
  diagram.append(branch.element);

  let shown = null;
  function draw(result, look) {
    shown = { result, look };
    const width = field.clientWidth;
    if (!width) return;
    const narrow = width < 480;
    plane.fit(width, narrow);
    lines.panels[1].element.hidden = narrow; // the plane shows u too, and a phone has little room
    const { arrays, spikes, settings } = result;
    lines.draw(arrays, settings.duration, look, [], (panel, index) => {
      if (index > 0) return;
      for (const t of spikes) stroke(panel, look, "V", panel.x(t), panel.y(-40), panel.x(t), panel.y(spec.threshold), { width: 1.6 });
    });
    drawPlane();
    drawBranch();
  }

  function drawPlane() {
    const { result, look } = shown;
    const { arrays, plane: form, settings, dt, steps } = result;
    const at = lines.at();
    const index = at === null ? steps : Math.round(at / dt);
    const current = at === null ? settings.current : arrays.current[index];
    // The window grows with the trajectory and with the foot of the parabola.
    const lowest = program.fast_nullcline(form, -form[1] / (2 * form[0]), current);
    plane.base = widened(tall, [lowest - 4, ...extremes(arrays[u])]);
    plane.draw([], 1, look);
    plane.inside(() => {
      arrows(form, current, look);
      const { left, right } = plane.inner;
      const bowl = (I) => Array.from({ length: Math.ceil((right - left) / 3) + 1 }, (_, k) => plane.valueAcross(left + 3 * k)).map((x) => [x, program.fast_nullcline(form, x, I)]);
      if (current !== settings.current) plane.curve(bowl(settings.current), look, "K", { alpha: 0.35 });
      plane.curve(bowl(current), look, "K");
      const points = pointsAt(form, current);
      if (form[7] !== 0) plane.curve(wide.map((x) => [x, program.slow_nullcline(form, x)]), look, "E");
      else if (points.length) plane.curve(plane.scale.map((y) => [points[0].at[0], y]), look, "E");
      const { c } = settings;
      for (const x of [c, spec.threshold]) plane.curve(plane.scale.map((y) => [x, y]), look, "muted", { width: 1, dash: [2, 4] });
      trajectory(result, look, index, at !== null);
      points.forEach(({ at: [x, y], kind }, k) => {
        plane.dot(x, y, look, stable(kind));
        // The lower one's name below it, where a start at rest leaves room, the upper one's to its right: where they meet the names stay apart.
        if (k === 0) plane.write(kinds[kind], plane.x(x) - 10, plane.y(y) + 24, look, "ink");
        else plane.write(kinds[kind], plane.x(x) + 12, plane.y(y) + 8, look, "ink");
      });
    });
    plane.write("c", plane.x(settings.c), plane.inner.top + 3, look, "muted", "center");
    plane.write("peak", plane.x(spec.threshold) - 4, plane.inner.top + 3, look, "muted", "right");
    const [x, y] = [plane.x(settings.v_start), plane.y(settings.u_start)];
    plane.dot(settings.v_start, settings.u_start, look, true, "input", 6);
    if (at !== null) plane.dot(arrays[v][index], arrays[u][index], look, true, "accent", 6);
    handle.style.transform = `translate(${x}px, ${plane.canvas.offsetTop + y}px)`;
  }

  function widened([low, high], values) {
    const step = 5;
    return [Math.min(low, step * Math.floor(Math.min(...values) / step)), Math.max(high, step * Math.ceil(Math.max(...values) / step))];
  }

  function extremes(values) {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  }

  // Which way it goes: arrows of one length, since near the peak the plane is a thousand times as fast as at rest.
  function arrows(form, current, look) {
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

  function drawBranch() {
    const { result, look } = shown;
    const { plane: form, settings, lost, points } = result;
    const width = diagram.clientWidth;
    if (!width) return;
    branch.fit(width, width < 480);
    branch.draw([], 1, look);
    const [low, high] = branch.scale;
    branch.inside(() => {
      if (form[7] !== 0) {
        const half = 0.1;
        for (let x = low; x < high; x += 2 * half) {
          const ends = [x, x + 2 * half].map((value) => [program.current_at(form, value), value]);
          const kind = program.kind(form, x + half);
          branch.curve(ends, look, stable(kind) ? "V" : "muted", stable(kind) ? {} : { width: 1.2 });
        }
      }
      branch.curve(branch.scale.map((y) => [settings.current, y]), look, "input", { width: 1.5 });
      for (const { at } of points) branch.dot(settings.current, at[0], look, false, "input", 3.5);
      for (const { current, at } of lost) branch.dot(current, at, look, true, "Na", 4);
    });
    lost.forEach(({ what, current, at }, k) => {
      if (current < input.low || current > input.high) return;
      const above = lost.length - 1 - k ? 1 : -1;
      branch.write(`${what} ${hundredths(current)}`, branch.x(current) + 9, branch.y(at) + 9 * above, look, "Na");
    });
  }

  // ---- by hand and by key

  const snapped = ({ low, high, step }, value) => Number(Math.min(high, Math.max(low, Math.round(value / step) * step)).toFixed(6));
  function startAt(event) {
    const box = plane.canvas.getBoundingClientRect();
    explorer.apply({
      v_start: snapped(control("v_start"), plane.valueAcross(event.clientX - box.left)),
      u_start: snapped(control("u_start"), plane.value(event.clientY - box.top)),
    });
  }
  // The point can be dragged, by touch too; elsewhere a finger scrolls, and a tap or click starts there.
  draggable(handle, startAt);
  plane.canvas.addEventListener("click", startAt);
  handle.addEventListener("keydown", (event) => {
    const [name, way] = { ArrowLeft: ["v_start", -1], ArrowRight: ["v_start", 1], ArrowDown: ["u_start", -1], ArrowUp: ["u_start", 1] }[event.key] ?? [];
    if (!name) return;
    event.preventDefault();
    explorer.apply({ [name]: snapped(control(name), explorer.values[name] + way * (event.shiftKey ? 10 : 1) * control(name).step) });
  });

  // A pointer near the trajectory means a moment of it.
  field.addEventListener("pointermove", (event) => {
    if (!shown || handle.hasPointerCapture(event.pointerId)) return;
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

  const { row, inject, clear } = pulseTools(explorer);
  const timeOf = (event) => {
    const time = lines.panels[0].time(event.clientX - traces.getBoundingClientRect().left);
    return Math.min(shown.result.settings.duration, Math.max(0, time));
  };
  traces.addEventListener("click", (event) => shown && inject(timeOf(event)));
  traces.addEventListener("keydown", (event) => {
    if (event.key === "Enter") inject(lines.at() ?? shown.result.settings.duration / 2);
    else if (event.key === "Delete" || event.key === "Backspace") clear();
    else return;
    event.preventDefault();
  });

  // The current is dragged in the diagram too.
  const setInput = (event) => explorer.set("current", snapped(input, branch.valueAcross(event.clientX - branch.canvas.getBoundingClientRect().left)));
  pressable(branch.canvas, setInput);

  // ---- in words and as a table

  function summary({ settings, spikes, points, lost }) {
    const apart = spikes.length > 1 ? `, the last two ${tidy(spikes[spikes.length - 1] - spikes[spikes.length - 2], 3)} ms apart` : "";
    const fired = spikes.length ? `${spikes.length} spike${spikes.length > 1 ? "s" : ""} in ${settings.duration} ms, the first at ${spikes[0].toFixed(1)}${apart}` : "No spike";
    const still = points.length ? points.map(({ at, kind }) => `${kinds[kind]} at ${v} = ${tidy(at[0], 3)}`).join(", ") : "no fixed point";
    const [first, then] = lost;
    const edge = !first ? "" : ` Rest is lost at a current of ${hundredths(first.current)} (${first.what})${then ? `; the fixed points meet at ${hundredths(then.current)} (${then.what})` : ""}.`;
    return `${fired}. ${still[0].toUpperCase()}${still.slice(1)}.${edge}`;
  }

  return {
    elements: [field, ...lines.elements],
    tools: [row, diagram],
    canvases: [plane, ...lines.panels, branch],
    compute,
    draw,
    summary,
    table: ({ arrays }) => lines.table(arrays),
    arrays: ({ arrays, spikes, points, lost }) => ({
      ...Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()])),
      spike_times: spikes.slice(),
      fixed_points: Float64Array.from(points.flatMap(({ at }) => at)),
      kinds: Float64Array.from(points, ({ kind }) => kind),
      rest_is_lost: Float64Array.from(lost, ({ current }) => current),
    }),
  };
}
