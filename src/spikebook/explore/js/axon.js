// The view of an axon: the voltage along it at one moment, a map of all places and times, the voltage at two electrodes.
//
// `spec.code` holds the axon's equations, translated from Python. Each panel has one thing to take in hand: along the axon
// the electrodes that listen, A and B; on the map those that stimulate, 1 and 2; over time the moment that is shown.

import { button, element, readOut, reword } from "./controls.js";
import { Panel, tidy } from "./panel.js";
import { SpaceTime } from "./spacetime.js";

const FUNCTIONS = ["propagate", "couple", "cover", "read", "crossings", "arrivals", "rest"];
const PLAYED = 0.002; // ms of the axon's time per ms of the reader's
const STEPPED = 0.5; // ms, for readers who want nothing to move by itself
const SIDEWAYS = 8; // pixels after which a finger drags and does not scroll
const BESIDE = 5; // mm to both sides of an electrode, over which the velocity is measured

export function axon(explorer) {
  const { spec } = explorer;
  const { compartments: columns, steps, every, length, duration } = spec;
  const rows = steps / every + 1;
  const interval = duration / steps * every;
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${FUNCTIONS.join(", ")} };`)();

  // ---- computing

  const filled = (value, size = columns) => new Float64Array(size).fill(value);
  const lengths = filled(length / columns);
  const times = filled(0, rows).map((_, i) => i * interval);
  const places = filled(0).map((_, k) => (k + 0.5) * length / columns);
  const stimuli = ({ stimulus }) => (stimulus === "two" ? [1, 2] : [1]);
  let wave = {};

  function propagated(settings) {
    const numbers = stimuli(settings);
    const { current, radius, celsius, g_Na } = settings;
    const key = [current, radius, celsius, g_Na, ...numbers.flatMap((n) => [settings[`place_${n}`], settings[`time_${n}`]])].join();
    if (wave.key === key) return wave;
    const membrane = { ...spec.membrane, g_Na, celsius };
    const state = [0, 0, 0, 0];
    if (!program.rest(...spec.parameters.map((name) => membrane[name]), state)) {
      throw new Error("With these settings the membrane has no resting voltage between \u2212200 and 200 mV; change one back.");
    }
    const [left, right, V] = [filled(0), filled(0), filled(0, rows * columns)];
    program.couple(columns, lengths, filled(radius), spec.axial_resistivity, left, right);
    const covered = filled(0, numbers.length * columns);
    numbers.forEach((n, i) => program.cover(columns, lengths, settings[`place_${n}`], spec.pulse.width, i * columns, covered));
    const starts = numbers.map((n) => settings[`time_${n}`]);
    program.propagate(
      steps, every, duration / steps, columns,
      ...["C", "g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L"].map((name) => filled(membrane[name])), celsius, left, right,
      numbers.length, covered, starts, starts.map((start) => start + spec.pulse.duration), numbers.map(() => current), numbers.map(() => 0),
      ...state.map((value) => filled(value)), filled(0), filled(0), V,
    );
    wave = { key, V, rest: state[0] };
    return wave;
  }

  function at(place, V) {
    const voltage = filled(0, rows);
    program.read(columns, lengths, place, rows, V, voltage);
    return voltage;
  }

  function spikes(voltage) {
    const found = filled(0, rows);
    const count = program.crossings(rows, interval, voltage, spec.arrived, found);
    return [...found.slice(0, count)];
  }

  function compute(settings) {
    const { V, rest } = propagated(settings);
    const [V_A, V_B] = [at(settings.electrode_A, V), at(settings.electrode_B, V)];
    const row = Math.floor(settings.moment / interval + 0.5);
    return { settings, columns, rows, wave: { V, rest }, V_A, V_B, V_along: V.slice(row * columns, (row + 1) * columns) };
  }

  // ---- drawing

  const name = (text) => element("span", "sb-panel-name", text);
  const key = (text, dashed) => {
    const one = element("span", dashed ? "sb-key sb-dashed" : "sb-key", text);
    one.style.setProperty("--key", "var(--sb-V)");
    return one;
  };
  const base = [-90, 50];
  const moment = name("");
  const along = new Panel({ height: 150, phoneHeight: 90, title: [moment], base });
  const map = new SpaceTime({ height: 240, phoneHeight: 170, title: [name("all places and times, t (ms) downwards; blue: below rest")], showTime: true, unit: "mm" });
  const over = new Panel({ height: 150, phoneHeight: 96, title: [name("V (mV) over time at"), key("A"), key("B", true)], base, showTime: true });
  const stack = element("div", "sb-panels sb-axon", "", {
    tabindex: 0,
    role: "application",
    "aria-label": "The axon. Left and right arrow move the moment that is shown; sliders place the electrodes.",
  });
  const reading = element("p", "sb-reading", "", { "aria-live": "off" });
  const panels = [along, map, over];
  readOut(stack, reading);
  stack.append(...panels.map((panel) => panel.element));

  let shown = null;
  function draw(result, look) {
    shown = result;
    const width = stack.clientWidth;
    if (!width) return;
    const { settings } = result;
    for (const panel of panels) panel.fit(width, width < 480);
    reword(moment, `V (mV) along the axon at ${settings.moment.toFixed(1)} ms`);
    along.draw([{ values: result.V_along, colour: "V", dash: [] }], length, look);
    map.draw(result, length, duration, look);
    over.draw([{ values: result.V_A, colour: "V", dash: [] }, { values: result.V_B, colour: "V", dash: [6, 3] }], duration, look);
    electrodes(settings, look);
    const now = Math.floor(settings.moment / interval + 0.5);
    reword(reading, `at ${settings.moment.toFixed(1)} ms: A ${tidy(result.V_A[now], 3)} mV · B ${tidy(result.V_B[now], 3)} mV`);
  }

  function electrodes(settings, look) {
    for (const [listener, dash] of [["A", []], ["B", [6, 3]]]) {
      const place = settings[`electrode_${listener}`];
      for (const panel of [along, map]) line(panel, panel.x(place), panel.inner.top, panel.x(place), panel.inner.bottom, look.muted, dash);
      along.context.fillStyle = look.muted;
      along.context.textAlign = place > 0.9 * length ? "right" : "left";
      along.context.textBaseline = "top";
      along.context.fillText(listener, along.x(place) + (place > 0.9 * length ? -4 : 4), along.inner.top);
    }
    const y = map.y(settings.moment);
    line(map, map.inner.left, y, map.inner.right, y, look.accent, []);
    const x = over.x(settings.moment);
    line(over, x, over.inner.top, x, over.inner.bottom, look.accent, []);
    for (const n of stimuli(settings)) {
      const g = map.context;
      const [cx, cy] = [map.x(settings[`place_${n}`]), map.y(settings[`time_${n}`])];
      g.beginPath();
      g.arc(cx, cy, 9, 0, 2 * Math.PI);
      g.fillStyle = look.input;
      g.fill();
      g.fillStyle = look.panel;
      g.textAlign = "center";
      g.textBaseline = "middle";
      g.fillText(String(n), cx, cy);
    }
  }

  function line({ context: g }, x1, y1, x2, y2, colour, dash) {
    g.strokeStyle = colour;
    g.lineWidth = 1.2;
    g.setLineDash(dash);
    g.beginPath();
    g.moveTo(x1, y1);
    g.lineTo(x2, y2);
    g.stroke();
    g.setLineDash([]);
  }

  // ---- hands and keys

  const snapped = (name, value) => {
    const { low, high, step } = spec.controls.find((one) => one.name === name);
    return Number(Math.min(high, Math.max(low, Math.round(value / step) * step)).toFixed(6));
  };
  const take = (settings) => explorer.apply(Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, snapped(key, value)])));
  const nearest = (candidates, far) => candidates.reduce((best, one) => (far(one) < far(best) ? one : best));

  // A press moves the nearest handle there, and a drag goes on with it. A finger may be about to scroll the page: it moves a
  // handle when it taps or drags sideways.
  function handled({ canvas }, choose, move) {
    let held = null; // which handle, and where a finger was laid down; null once it drags
    const where = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (!shown) return;
      const [x, y] = where(event);
      const finger = event.pointerType === "touch";
      held = { which: choose(x, y), from: finger ? x : null };
      if (finger) return;
      canvas.setPointerCapture(event.pointerId);
      move(held.which, x, y);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return;
      const [x, y] = where(event);
      if (held.from !== null && Math.abs(x - held.from) < SIDEWAYS) return;
      held.from = null;
      move(held.which, x, y);
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (held = null));
    canvas.addEventListener("click", (event) => shown && move(choose(...where(event)), ...where(event)));
  }

  handled(
    along,
    (x) => nearest(["A", "B"], (one) => Math.abs(along.x(explorer.values[`electrode_${one}`]) - x)),
    (one, x) => take({ [`electrode_${one}`]: along.time(x) }),
  );
  handled(
    map,
    (x, y) => nearest(stimuli(explorer.values), (n) => Math.hypot(map.x(explorer.values[`place_${n}`]) - x, map.y(explorer.values[`time_${n}`]) - y)),
    (n, x, y) => take({ [`place_${n}`]: map.time(x), [`time_${n}`]: map.value(y) }),
  );
  handled(over, () => "moment", (_, x) => take({ moment: over.time(x) }));
  stack.addEventListener("keydown", (event) => {
    const amount = { ArrowLeft: -0.1, ArrowRight: 0.1 }[event.key];
    if (!shown || amount === undefined) return;
    event.preventDefault();
    take({ moment: explorer.values.moment + (event.shiftKey ? 10 : 1) * amount });
  });

  // ---- playing

  let playing = false; // or the moment that was last shown
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const play = button("", "", () => {
    if (still.matches) take({ moment: explorer.values.moment >= duration ? 0 : explorer.values.moment + STEPPED });
    else if (playing !== false) stop();
    else start();
  });

  function start() {
    let now = explorer.values.moment >= duration ? 0 : explorer.values.moment;
    playing = now;
    label();
    let before = performance.now();
    const frame = (time) => {
      if (playing === false) return;
      now = Math.min(duration, now + PLAYED * Math.max(0, time - before));
      before = time;
      playing = now; // tells this change from a reader's
      explorer.set("moment", now);
      if (now >= duration || !explorer.visible) stop();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  function stop() {
    playing = false;
    label();
  }

  function label() {
    play.textContent = still.matches ? "Step" : playing === false ? "Play" : "Pause";
    play.title = still.matches ? `Show the axon ${STEPPED} ms later` : `Run the moment on, ${1 / PLAYED} times slower than life`;
  }
  label();
  still.addEventListener("change", stop);
  const tools = element("div", "sb-tools");
  tools.append(play);

  function adapt(name, value) {
    if (name === "stimulus") for (const row of ["place_2", "time_2"]) explorer.rows[row]?.enable(value === "two");
    if (playing !== false && !(name === "moment" && value === playing)) stop(); // another hand is on the controls
  }

  // ---- in words and as a table

  function velocity(place, V) {
    const [before, after] = [-BESIDE, BESIDE].map((by) => spikes(at(place + by, V))[0]);
    const here = spikes(at(place, V))[0];
    const within = place >= BESIDE && place <= length - BESIDE;
    const sides = [here - before, after - here];
    // Away from where spikes start, meet and end, it takes as long on both sides.
    return within && sides[0] * sides[1] > 0 && Math.abs(sides[0] / sides[1] - 1) < 0.03 ? (2 * BESIDE) / Math.abs(after - before) : null;
  }

  function meeting(V, settings) {
    const first = filled(0);
    program.arrivals(columns, rows, interval, V, spec.arrived, -1, first);
    const ends = [settings.place_1, settings.place_2].sort((a, b) => a - b).map((place) => Math.min(columns - 1, Math.floor(place / length * columns)));
    const between = [...first.slice(ends[0], ends[1] + 1)];
    const last = between.indexOf(Math.max(...between));
    const met = between.length > 4 && between.every((time) => time > 0) && last > 1 && last < between.length - 2;
    return met ? { place: places[ends[0] + last], time: between[last] } : null;
  }

  function summary({ settings, wave: { V, rest }, V_A, V_B }) {
    const words = [["A", V_A], ["B", V_B]].map(([listener, voltage]) => {
      const times = spikes(voltage);
      if (times.length) return `${listener}: spike${times.length > 1 ? "s" : ""} at ${times.map((time) => time.toFixed(2)).join(" and ")} ms`;
      const rise = Math.max(...voltage) - rest;
      return `${listener}: no spike, ${rise < 0.01 ? "no rise" : `a rise of ${tidy(rise, 2)} mV`}`;
    });
    const speed = ["A", "B"].map((listener) => velocity(settings[`electrode_${listener}`], V)).find((one) => one !== null);
    if (speed !== undefined) words.push(`velocity ${speed.toFixed(1)} m/s`);
    const met = settings.stimulus === "two" && meeting(V, settings);
    if (met) words.push(`the spikes meet at ${met.place.toFixed(0)} mm after ${met.time.toFixed(1)} ms and end`);
    return `${words.join(". ")}.`.replace(/\. ([a-z])/g, (_, letter) => `. ${letter.toUpperCase()}`);
  }

  const table = ({ V_A, V_B }) => [
    { title: "t (ms)", values: times },
    { title: "V_A (mV)", values: V_A },
    { title: "V_B (mV)", values: V_B },
  ];
  const arrays = ({ wave: { V }, V_A, V_B, V_along }) => ({ t: times.slice(), V_A, V_B, x: places.slice(), V_along, V: V.slice() });

  return { elements: [stack, reading], tools: [tools], canvases: panels, compute, draw, adapt, summary, table, arrays };
}
