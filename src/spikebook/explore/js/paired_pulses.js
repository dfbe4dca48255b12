// The view of two pulses: the voltage and the slow gates over time and, on the same axis, a map of which second pulses fire
// the neuron. The second pulse is a point on the map, to be dragged.
//
// The neuron, and whether a run holds a spike, are translated Python. Here the weakest second pulse that makes one is searched
// for by bisection as in `refractory_period.thresholds`: at once for the present gap, and for the map in slices of a few
// milliseconds, from coarse to fine.

import { element, unitText } from "./controls.js";
import { draggable, pointOf, pressable } from "./dragging.js";
import { Panel, tidy } from "./panel.js";

const SLICE = 6; // ms of computing in each frame
const SPACING = 0.25; // ms between the gaps of the map
const TICKS = [5, 10, 20, 50, 100, 200]; // µA/cm²

// A panel with a logarithmic axis of strengths.
class MapPanel extends Panel {
  get marks() {
    return TICKS;
  }

  y(strength) {
    const { top, bottom } = this.inner;
    const [low, high] = this.base;
    return bottom - ((bottom - top) * Math.log(strength / low)) / Math.log(high / low);
  }

  value(y) {
    const { top, bottom } = this.inner;
    const [low, high] = this.base;
    return low * (high / low) ** ((bottom - y) / (bottom - top));
  }
}

export function pairedPulses(explorer) {
  const { spec } = explorer;
  const { state, currents, dt, width, parameters } = spec;
  const names = [spec.entry, "rest", "flows", "add_ramp", "spike_top"];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();
  const control = (name) => spec.controls.find((one) => one.name === name);
  const [gap, strength] = [control("gap"), control("strength")];

  // ---- computing

  function memory(duration) {
    const steps = Math.round(duration / dt);
    const row = () => new Float64Array(steps + 1);
    return { steps, samples: [row(), row(), row()], records: state.map(row), spikes: row() };
  }
  const whole = memory(spec.duration);
  const single = memory(spec.duration); // after the first pulse alone
  const probe = memory(spec.wait);
  const t = Float64Array.from(whole.samples[0], (_, i) => i * dt);

  // Run from `start`, under pulses, [onset, strength] each, and return the spike times.
  function run({ steps, samples, records, spikes }, start, values, pulses) {
    for (const sample of samples) sample.fill(0);
    for (const [onset, size] of pulses) program.add_ramp(steps, dt, ...samples, onset, onset + width, size, size);
    const count = program[spec.entry](steps, dt, ...samples, ...start, ...values, 0, ...records, spikes);
    return spikes.slice(0, count);
  }

  // What is left of a memory from step k on.
  const from = ({ steps, samples, records, spikes }, k) => ({
    steps: steps - k, spikes, samples: samples.map((row) => row.subarray(k)), records: records.map((row) => row.subarray(k)),
  });

  // The weakest pulse that makes a spike from `start`, or NaN.
  function weakest(start, values) {
    const top = (size) => {
      run(probe, start, values, [[0, size]]);
      return program.spike_top(probe.records[0], probe.steps);
    };
    if (top(0) > 0 || top(spec.strongest) < 0) return NaN;
    let [low, high, last] = [0, spec.strongest, probe.steps];
    for (let round = 0; round < spec.rounds; round++) {
      const middle = 0.5 * (low + high);
      const at = top(middle);
      if (at > 0) [high, last] = [middle, at];
      else low = middle;
    }
    return last * dt <= width + spec.own ? NaN : high;
  }

  // What the first pulse has left for the second, with the gates put back that the reader wants put back.
  const stateAt = (time) => {
    const i = Math.min(single.steps - 1, Math.floor(time / dt));
    const part = (time - i * dt) / dt;
    const rested = (name) => spec.rested[kept.rested].includes(name);
    return state.map((name, k) => {
      const record = single.records[k];
      return rested(name) ? kept.rest[k] : record[i] + part * (record[i + 1] - record[i]);
    });
  };

  // What does not depend on where the second pulse is, is kept while it moves.
  let kept = {};
  function prepare(settings) {
    const { first, celsius, rested } = settings;
    const key = `${first} ${celsius} ${rested}`;
    if (kept.key === key) return;
    const values = parameters.map((name) => settings[name]);
    const rest = new Array(state.length).fill(0);
    program.rest(...values, rest);
    run(single, rest, values, [[0, first]]);
    const gaps = [];
    for (let x = gap.low; x <= gap.high; x += SPACING) gaps.push(x);
    kept = { key, values, rest, rested, resting: weakest(rest, values) };
    kept.curve = gaps.map((x) => ({ gap: x }));
    kept.waiting = coarseToFine(gaps.length);
  }

  function coarseToFine(count) {
    const order = new Set();
    for (let stride = 16; stride >= 1; stride /= 2) for (let i = 0; i < count; i += stride) order.add(i);
    return [...order];
  }

  function compute(settings) {
    prepare(settings);
    const start = stateAt(settings.gap);
    const threshold = weakest(start, kept.values);
    const k = Math.round(settings.gap / dt);
    const before = run(whole, kept.rest, kept.values, [[0, settings.first]]).filter((time) => time <= settings.gap);
    const after = run(from(whole, k), start, kept.values, [[0, settings.strength]]).map((time) => settings.gap + time);
    const arrays = { t, current: new Float64Array(t.length) };
    arrays.current.set(whole.samples[0].subarray(0, whole.steps));
    arrays.current[whole.steps] = whole.samples[2][whole.steps - 1];
    state.forEach((name, k) => (arrays[name] = whole.records[k]));
    const flows = currents.map((name) => (arrays[name] = new Float64Array(t.length)));
    program.flows(whole.steps, ...kept.values, ...whole.records, ...flows);
    return { settings, arrays, threshold, spikes: Float64Array.of(...before, ...after), fires: settings.strength >= threshold };
  }

  // ---- drawing

  const title = (text) => [element("span", "sb-panel-name", text)];
  const key = (text, colour, dashed) => {
    const node = element("span", dashed ? "sb-key sb-dashed" : "sb-key", text);
    node.style.setProperty("--key", `var(--sb-${colour})`);
    return node;
  };
  const voltage = new Panel({ height: 170, phoneHeight: 110, title: [...title("V (mV)"), key("first pulse alone", "muted", false)], base: [-90, 50] });
  const gates = new Panel({
    height: 84, phoneHeight: 60, base: [0, 1], most: 2,
    title: [...title("gates open"), key("h, sodium's", "Na", true), key("n, potassium's", "K", false)],
  });
  const map = new MapPanel({
    height: 200, phoneHeight: 150, base: [strength.low, strength.high], showTime: true,
    title: title(`second pulse (${unitText(strength.unit)})`),
  });
  const panels = [voltage, gates, map];
  const handle = pointOf(
    explorer,
    "Second pulse on the map. Left and right arrow change the gap, up and down arrow the strength; with Shift in larger steps.",
    "gap", "strength",
  );
  const field = element("div", "sb-map");
  field.append(map.element, handle);
  const stack = element("div", "sb-panels");
  stack.append(voltage.element, gates.element, field);

  let shown = null;
  function draw(result, look) {
    shown = { result, look };
    const wide = stack.clientWidth;
    if (!wide) return;
    for (const panel of panels) panel.fit(wide, wide < 480);
    const { arrays, settings, spikes } = result;
    const [V, n, , h] = ["V", "n", "m", "h"].map((name) => arrays[name]);
    voltage.draw([{ values: single.records[0], colour: "ghost", dash: [] }, { values: V, colour: "V", dash: [] }], spec.duration, look, spikes);
    gates.draw([{ values: n, colour: "K", dash: [] }, { values: h, colour: "Na", dash: [6, 3] }], spec.duration, look);
    for (const panel of [voltage, gates]) for (const onset of [0, settings.gap]) band(panel, look, onset, width);
    drawMap();
    if (kept.waiting.length && !scanning) scan();
  }

  // A stretch of time in the colour of the input, from top to bottom of a panel.
  function band(panel, look, onset, length) {
    const { context: g, inner: { top, bottom } } = panel;
    g.fillStyle = look.input;
    g.globalAlpha = 0.25;
    g.fillRect(panel.x(onset), top, panel.x(onset + length) - panel.x(onset), bottom - top);
    g.globalAlpha = 1;
  }

  let scanning = false;
  function scan() {
    scanning = true;
    requestAnimationFrame(() => {
      const until = performance.now() + SLICE;
      while (kept.waiting.length && performance.now() < until) {
        const point = kept.curve[kept.waiting.shift()];
        point.threshold = weakest(stateAt(point.gap), kept.values);
      }
      drawMap();
      if (kept.waiting.length) scan();
      else scanning = false;
    });
  }

  function drawMap() {
    const { result, look } = shown;
    const { settings } = result;
    map.draw([], spec.duration, look);
    band(map, look, settings.gap, width);
    const g = map.context;
    const { top, left, right } = map.inner;
    // Nothing can be asked for beyond the gaps of the slider.
    const known = kept.curve.filter(({ threshold }) => threshold !== undefined);
    const firing = known.filter(({ threshold }) => Number.isFinite(threshold));
    if (firing.length > 1) {
      g.beginPath();
      g.moveTo(map.x(firing[0].gap), top);
      for (const { gap: x, threshold } of firing) g.lineTo(map.x(x), map.y(threshold));
      g.strokeStyle = look.I;
      g.lineWidth = 2;
      g.stroke();
      g.lineTo(map.x(firing[firing.length - 1].gap), top);
      g.closePath();
      g.fillStyle = look.I;
      g.globalAlpha = 0.16;
      g.fill();
      g.globalAlpha = 1;
    }
    g.setLineDash([4, 4]);
    g.lineWidth = 1;
    g.strokeStyle = look.muted;
    g.beginPath();
    g.moveTo(left, map.y(kept.resting));
    g.lineTo(right, map.y(kept.resting));
    g.stroke();
    g.setLineDash([]);
    g.fillStyle = look.ink;
    g.textBaseline = "middle";
    g.textAlign = "right";
    g.fillText("fires again", map.x(gap.high) - 8, top + 14);
    g.textAlign = "left";
    g.fillText("no second spike", left + 8, map.y(4));
    g.fillStyle = look.muted;
    g.textAlign = "right";
    g.fillText("at rest", right - 2, map.y(kept.resting) - 8);
    const [x, y] = [map.x(settings.gap), map.y(settings.strength)];
    g.beginPath();
    g.arc(x, y, 7, 0, 2 * Math.PI);
    g.fillStyle = look.input;
    g.strokeStyle = look.panel;
    g.lineWidth = 2;
    g.fill();
    g.stroke();
    handle.style.transform = `translate(${x}px, ${map.canvas.offsetTop + y}px)`;
  }

  // ---- dragging and keys

  const snapped = ({ low, high, step }, value) => Number(Math.min(high, Math.max(low, Math.round(value / step) * step)).toFixed(6));
  function moveTo(event) {
    const box = map.canvas.getBoundingClientRect();
    explorer.apply({
      gap: snapped(gap, map.time(event.clientX - box.left)),
      strength: snapped(strength, map.value(event.clientY - box.top)),
    });
  }
  // The point itself can be dragged by touch in any direction; from the rest of the map a finger scrolls, and a tap moves the point.
  draggable(handle, moveTo);
  pressable(map.canvas, moveTo);
  handle.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: ["gap", -1], ArrowRight: ["gap", 1], ArrowDown: ["strength", -1], ArrowUp: ["strength", 1] };
    const [name, sign] = moves[event.key] ?? [];
    if (!name) return;
    event.preventDefault();
    const { step } = control(name);
    const amount = sign * (event.shiftKey ? 10 : 1) * (name === "gap" ? step : Math.max(step, 0.5));
    explorer.apply({ [name]: snapped(control(name), explorer.values[name] + amount) });
  });

  // ---- in words and as a table

  function summary({ settings, threshold, fires, spikes }) {
    const unit = unitText(strength.unit);
    const second = spikes.filter((time) => time > settings.gap)[0];
    const names = spec.rested[settings.rested];
    const back = names.length ? ` with ${names.join(" and ")} put back` : "";
    const rest = `From rest it takes ${tidy(kept.resting, 3)} ${unit}.`;
    const dragged = !fires && second !== undefined ? " (The pulse alone drags V above 0 mV.)" : "";
    if (Number.isNaN(threshold)) return `No second spike, and at this gap none up to ${spec.strongest} ${unit}${back}.${dragged} ${rest}`;
    const takes = `At this gap it takes ${tidy(threshold, 3)} ${unit}${back}. ${rest}`;
    if (!fires) return `No second spike. ${takes}`;
    return `A second spike${second === undefined ? "" : ` ${(second - settings.gap).toFixed(2)} ms after the second pulse began`}. ${takes}`;
  }

  function table({ arrays }) {
    const units = { t: "ms", V: "mV", current: strength.unit };
    return Object.keys(arrays).map((name) => {
      const unit = units[name] ?? (currents.includes(name) ? strength.unit : "");
      return { title: unit ? `${name} (${unit})` : name, values: arrays[name] };
    });
  }

  const arrays = (result) => ({
    ...Object.fromEntries(Object.entries(result.arrays).map(([name, values]) => [name, values.slice()])),
    spike_times: result.spikes.slice(),
  });

  return { elements: [stack], canvases: panels, compute, draw, summary, table, arrays, map: () => kept };
}
