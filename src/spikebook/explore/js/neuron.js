// The view of one neuron: its voltage, gates, currents and input over time; click for a pulse, draw a current.
//
// What is computed here comes from Python: `spec.code` holds the model's functions, its numerical method, the search for
// rest and the samplers of stimuli, translated. This file hands them arrays and draws what they return.

import { element, readOut, reword, unitText } from "./controls.js";
import { Panel, tidy } from "./panel.js";
import { pulseTools } from "./pulses.js";

const BASES = { voltage: [-90, 50], gate: [0, 1], current: [-200, 200], input: [0, 5], state: [-1, 1] };
const HEIGHTS = { voltage: [220, 130], gate: [120, 74], current: [110, 74], input: [80, 56], state: [140, 90] }; // wide, narrow

const FOREVER = 1e12; // ms

// The parts of the stimulus that the settings describe; Python's `_current` says the same.
function stimulusParts(settings, spec) {
  const { stimulus, onset, current, width } = settings;
  const parts = [];
  if (stimulus === "ramp") {
    parts.push(["add_ramp", [onset, onset + width, 0, current]]);
    parts.push(["add_ramp", [onset + width, FOREVER, current, current]]);
  } else if (stimulus === "drawn") parts.push(["add_held", [0, spec.drawn_interval, settings.drawn.length, settings.drawn]]);
  else parts.push(["add_ramp", [onset, onset + (stimulus === "pulse" ? settings.pulse_width : width), current, current]]);
  for (const time of settings.pulses) {
    parts.push(["add_ramp", [time, time + settings.pulse_width, settings.pulse_current, settings.pulse_current]]);
  }
  return parts;
}

export function neuron(explorer) {
  const { spec } = explorer;
  const { state, currents, parameters, quantities } = spec;
  const samplers = ["add_ramp", "add_held"];
  const names = [spec.entry, ...samplers, ...(currents.length ? ["flows"] : []), ...(spec.start ? [] : ["rest"])];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();

  // ---- computing

  const store = { steps: -1 };
  function memory(steps) {
    if (store.steps === steps) return store;
    const recorded = [...state, ...currents, "current", "t"];
    store.steps = steps;
    store.samples = [0, 1, 2].map(() => new Float64Array(steps));
    store.arrays = Object.fromEntries(recorded.map((name) => [name, new Float64Array(steps + 1)]));
    store.spikes = new Float64Array(steps);
    for (let i = 0; i <= steps; i++) store.arrays.t[i] = i * spec.dt;
    return store;
  }

  function compute(settings) {
    const { dt } = spec;
    const steps = Math.round(settings.duration / dt);
    const { samples, arrays, spikes } = memory(steps);
    const values = parameters.map((name) => settings[name]);
    for (const sample of samples) sample.fill(0);
    for (const [sampler, details] of stimulusParts(settings, spec)) program[sampler](steps, dt, ...samples, ...details);
    arrays.current.set(samples[0]);
    arrays.current[steps] = samples[2][steps - 1];
    check(arrays.current);
    const start = spec.start ?? new Array(state.length).fill(0);
    if (!spec.start && !program.rest(...values, start)) {
      throw new Error("With these settings the neuron has no resting voltage between \u2212200 and 200 mV; change one back.");
    }
    const records = state.map((name) => arrays[name]);
    const count = program[spec.entry](steps, dt, ...samples, ...start, ...values, threshold(settings), ...records, spikes);
    if (count < 0) throw new Error("With these settings the neuron spikes without end; move one of them back.");
    if (!state.every((name) => Number.isFinite(arrays[name][steps]))) {
      throw new Error("With these settings the computation becomes unstable; move one of them back.");
    }
    if (currents.length) program.flows(steps, ...values, ...records, ...currents.map((name) => arrays[name]));
    return { settings, arrays, spikes: spikes.slice(0, count), duration: steps * dt };
  }

  function threshold(settings) {
    return settings[spec.threshold] ?? spec.threshold; // it may be a parameter
  }

  function check(current) {
    const [low, high] = spec.limits;
    for (const value of current) {
      if ((low !== null && value < low) || (high !== null && value > high)) {
        throw new Error(`Together the inputs reach ${tidy(value)}; the model is documented from ${low} to ${high}. Remove a pulse.`);
      }
    }
  }

  // ---- drawing

  const panels = spec.panels.map((members, index) => {
    const { kind } = quantities[members[0]];
    const [height, phoneHeight] = HEIGHTS[kind];
    const unit = unitText(quantities[members[0]].unit);
    const what = { voltage: "V", gate: "open probability", current: "current", input: "input", state: members.join(", ") }[kind];
    const title = [element("span", "sb-panel-name", unit ? `${what} (${unit})` : what)];
    if (members.length > 1) {
      for (const name of members) {
        const key = element("span", "sb-key", quantities[name].label);
        key.style.setProperty("--key", `var(--sb-${quantities[name].colour})`);
        if (quantities[name].dash.length) key.classList.add("sb-dashed");
        title.push(key, " ");
      }
    }
    const showTime = index === spec.panels.length - 1;
    const panel = new Panel({ height, phoneHeight, title, base: quantities[members[0]].base ?? BASES[kind], most: kind === "voltage" ? 4 : 2, showTime });
    return Object.assign(panel, { members, kind });
  });
  const voltage = panels.find((panel) => panel.kind === "voltage") ?? panels[0];
  const input = panels.find((panel) => panel.kind === "input");

  const stack = element("div", "sb-panels", "", {
    tabindex: 0,
    role: "application",
    "aria-label": "Traces. Left and right arrow move the reading line, Enter injects a pulse there, Delete removes all pulses; " +
      "with a drawn stimulus up and down arrow change the current there.",
  });
  const line = element("div", "sb-line", "", { hidden: "" });
  const reading = element("p", "sb-reading", "", { "aria-live": "off" });
  readOut(stack, reading);
  stack.append(...panels.map((panel) => panel.element), line);

  let shown = null;
  let before = null; // the voltage as it was when a hand was last laid on a control, to compare with
  function draw(result, look) {
    shown = result;
    const width = stack.clientWidth;
    if (!width) return;
    const narrow = width < 480;
    for (const panel of panels) {
      panel.fit(width, narrow);
      const lines = panel.members.map((name) => ({ values: result.arrays[name], ...quantities[name] }));
      if (panel === voltage && before?.length === result.arrays.t.length) lines.unshift({ values: before, colour: "ghost", dash: [] });
      // A model that is reset leaves its spikes out: they are drawn in, from its threshold up.
      const foot = spec.resets ? threshold(result.settings) : null;
      panel.draw(lines, result.duration, look, panel === voltage ? result.spikes : [], foot);
    }
    read();
  }
  const remember = () => (before = shown && shown.arrays[voltage.members[0]].slice());
  explorer.root.addEventListener("pointerdown", remember, { capture: true });
  explorer.root.addEventListener("focusin", remember);

  // ---- reading, clicking, drawing by hand

  const { row: tools, inject, clear } = pulseTools(explorer);
  let at = null;
  function read() {
    line.hidden = at === null;
    if (at === null || !shown) {
      reword(reading, "\u00a0");
      return;
    }
    at = Math.min(at, shown.duration);
    const i = Math.round(at / spec.dt);
    line.style.transform = `translateX(${voltage.x(at)}px)`;
    const parts = spec.panels.flat().map((name) => {
      const unit = unitText(quantities[name].unit);
      return `${quantities[name].label} ${tidy(shown.arrays[name][i], 3)}${unit && quantities[name].kind !== "current" ? ` ${unit}` : ""}`;
    });
    reword(reading, `at ${at.toFixed(1)} ms: ${parts.join(" · ")}`);
  }

  // The input panel is taken in hand: a drawn current follows it in time and strength, any other in strength.
  const strength = spec.controls.find(({ name }) => name === "current") ?? { low: -20, high: 20, step: 0.1 };
  function taken(value) {
    const rounded = Math.round(value / strength.step) * strength.step;
    return Number(Math.min(strength.high, Math.max(strength.low, rounded)).toFixed(6));
  }

  let last = null;
  function drawAt(time, value) {
    const drawn = [...explorer.values.drawn];
    const k = Math.min(drawn.length - 1, Math.max(0, Math.floor(time / spec.drawn_interval)));
    // A fast hand skips intervals: fill them in a straight line from where it was.
    const from = last ?? { k, value };
    const gap = Math.abs(k - from.k);
    for (let j = 0; j <= gap; j++) {
      const part = gap ? j / gap : 1;
      drawn[from.k + Math.sign(k - from.k) * j] = taken(from.value + part * (value - from.value));
    }
    last = { k, value };
    explorer.set("drawn", drawn);
  }

  const isDrawn = () => explorer.values.stimulus === "drawn";
  const timeOf = (event) => {
    const time = voltage.time(event.clientX - stack.getBoundingClientRect().left);
    return Math.min(shown.duration, Math.max(0, time));
  };
  function handle(event) {
    const value = input.value(event.clientY - input.canvas.getBoundingClientRect().top);
    if (isDrawn()) drawAt(timeOf(event), value);
    else if (explorer.rows.current) explorer.set("current", taken(value));
  }

  stack.addEventListener("pointermove", (event) => {
    if (!shown) return;
    at = timeOf(event);
    if (input?.held) handle(event);
    read();
  });
  stack.addEventListener("pointerleave", () => {
    at = null;
    read();
  });
  for (const panel of panels) {
    if (panel === input) continue;
    panel.canvas.addEventListener("click", (event) => shown && inject(timeOf(event)));
  }
  if (input) {
    let settings; // as they were: a finger that comes down here and then scrolls the page changes nothing
    input.canvas.classList.add("sb-input");
    input.canvas.addEventListener("pointerdown", (event) => {
      settings = { ...explorer.values };
      if (!shown) return;
      last = null;
      input.held = input.scale;
      input.canvas.setPointerCapture(event.pointerId);
      handle(event);
    });
    input.canvas.addEventListener("pointercancel", () => explorer.apply(settings));
    for (const end of ["pointerup", "pointercancel"]) {
      input.canvas.addEventListener(end, () => {
        input.held = null;
        explorer.redraw();
      });
    }
  }
  stack.addEventListener("keydown", (event) => {
    if (!shown) return;
    const here = at ?? shown.duration / 2;
    const amount = event.shiftKey ? 10 : 1;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      at = Math.min(shown.duration, Math.max(0, here + (event.key === "ArrowLeft" ? -amount : amount)));
      last = null;
    } else if (event.key === "Enter") inject(here);
    else if (event.key === "Delete" || event.key === "Backspace") clear();
    else if (isDrawn() && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      at = here;
      last = null;
      const k = Math.min(explorer.values.drawn.length - 1, Math.floor(here / spec.drawn_interval));
      drawAt(here, explorer.values.drawn[k] + (event.key === "ArrowUp" ? amount : -amount));
    } else return;
    event.preventDefault();
    read();
  });

  // Which sliders say something depends on the stimulus.
  function adapt(name, stimulus) {
    if (name !== "stimulus") return;
    explorer.rows.width?.enable(stimulus === "step" || stimulus === "ramp");
    explorer.rows.onset?.enable(stimulus !== "drawn");
    explorer.rows.current?.enable(stimulus !== "drawn");
    stack.classList.toggle("sb-drawing", stimulus === "drawn");
  }

  // ---- in words and as a table

  function summary({ arrays, spikes, settings }) {
    const values = arrays[state[0]];
    let low = Infinity, high = -Infinity;
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const unit = unitText(quantities[state[0]]?.unit ?? "");
    // Rises and falls of more than a tenth of the scale that do not reach the threshold are worth a word.
    let swings = 0, turn = values[0], rising = true;
    for (const value of values) {
      if (rising ? value > turn : value < turn) turn = value;
      else if (Math.abs(value - turn) > 0.1 * (voltage.base[1] - voltage.base[0])) {
        if (rising && turn < threshold(settings)) swings++;
        rising = !rising;
        turn = value;
      }
    }
    const range = `${state[0]} from ${tidy(low, 3)} to ${tidy(high, 3)} ${unit}`.trim();
    const crossed = tidy(threshold(settings)) + (unit ? ` ${unit}` : "");
    const smaller = swings && !spec.resets ? ` ${swings} swing${swings > 1 ? "s" : ""} stay${swings > 1 ? "" : "s"} below ${crossed}.` : "";
    if (!spikes.length) return `No spike.${smaller} ${range}.`;
    const text = [`${spikes.length} spike${spikes.length > 1 ? "s" : ""}`];
    if (spikes.length > 1) text.push(`${tidy(1000 / (spikes[spikes.length - 1] - spikes[spikes.length - 2]), 3)} Hz at the end`);
    text.push(`first at ${spikes[0].toFixed(2)} ms`);
    return `${text.join(", ")}.${smaller} ${range}.`;
  }

  function table({ arrays }) {
    return Object.keys(arrays)
      .sort((a, b) => (b === "t") - (a === "t"))
      .map((name) => {
        const unit = name === "t" ? "ms" : quantities[name]?.unit ?? "";
        return { title: unit ? `${name} (${unit})` : name, values: arrays[name] };
      });
  }

  const arrays = (result) => ({
    ...Object.fromEntries(Object.entries(result.arrays).map(([name, values]) => [name, values.slice()])),
    spike_times: result.spikes.slice(),
  });

  return { elements: [stack, reading], tools: [tools], canvases: panels, compute, draw, adapt, summary, table, arrays };
}
