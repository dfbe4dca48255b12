// The view of a race: one current into several models, their voltages one under the other, and a table of what each costs.
//
// `spec.code` holds every model's program, translated from Python, in a scope of its own. The time that the programs take is
// measured here, once the reader's hand rests.

import { element, unitText } from "./controls.js";
import { tidy } from "./panel.js";
import { stroke, timelines } from "./timelines.js";

const REST = 350; // ms without a change before the clock is taken out
const ENOUGH = 3; // ms of computing that is measured at once
const TRIES = 4; // the best of so many counts, the first of which warms up

export function race(explorer) {
  const { spec } = explorer;
  const { runners, onset, stop, duration, interval, seeds } = spec;
  const runs = runners.map(({ name }) => `run_${name}`);
  const program = new Function(`"use strict";\n${spec.code}\nreturn { add_ramp, add_sine, add_held, sow, wander, ${runs.join(", ")} };`)();

  // The parts of the current; Python's `shape` says the same.
  function shape({ stimulus, width }, strength) {
    const end = onset + width;
    if (stimulus === "ramp") return [["add_ramp", [onset, end, 0, strength]]];
    if (stimulus === "sine") return [["add_sine", [onset, stop, strength, 1000 / width, 0]]];
    if (stimulus in seeds) {
      const state = new Float64Array(6);
      const values = new Float64Array(Math.round(width / interval));
      program.sow(seeds[stimulus], state);
      program.wander(values.length, state, values);
      return [["add_held", [onset, interval, values.length, values.map((value) => 0.5 * strength * (1 + value))]]];
    }
    return [["add_ramp", [onset, end, strength, strength]]];
  }

  const memory = { steps: -1 };
  function room(steps, dt) {
    if (memory.steps === steps) return memory;
    const recorded = ["t", "current", ...runners.map(({ name }) => name)];
    memory.steps = steps;
    memory.samples = [0, 1, 2].map(() => new Float64Array(steps));
    memory.arrays = Object.fromEntries(recorded.map((name) => [name, new Float64Array(steps + 1)]));
    memory.others = Array.from({ length: 3 }, () => new Float64Array(steps + 1));
    memory.spikes = new Float64Array(steps);
    for (let i = 0; i <= steps; i++) memory.arrays.t[i] = i * dt;
    return memory;
  }

  function sample(settings, strength, steps, dt) {
    for (const samples of memory.samples) samples.fill(0);
    for (const [sampler, details] of shape(settings, strength)) program[sampler](steps, dt, ...memory.samples, ...details);
  }

  function run(runner, steps, dt) {
    const { start, values, threshold, name } = runner;
    const records = [memory.arrays[name], ...memory.others.slice(0, start.length - 1)];
    return program[`run_${name}`](steps, dt, ...memory.samples, ...start, ...values, threshold, ...records, memory.spikes);
  }

  function compute(settings) {
    const dt = Number(settings.step);
    const steps = Math.round(duration / dt);
    const { samples, arrays, spikes } = room(steps, dt);
    const trains = runners.map((runner) => {
      sample(settings, settings.strength * runner.rheobase, steps, dt);
      const count = run(runner, steps, dt);
      if (count < 0 || !Number.isFinite(arrays[runner.name][steps])) {
        throw new Error(`${runner.label} cannot be followed at these settings; move one of them back.`);
      }
      return spikes.slice(0, count);
    });
    sample(settings, settings.strength, steps, dt);
    arrays.current.set(samples[0]);
    arrays.current[steps] = samples[2][steps - 1];
    clock.restart(settings);
    return { settings, arrays, trains };
  }

  // ---- what it costs

  const table = element("table", "sb-table");
  table.append(element("caption", "", "What 1 ms of each model costs"));
  const head = element("tr");
  for (const [text, more] of [["model", ""], ["spikes", ""], ["operations", "counted in 2004"], ["\u00b5s", "measured here"]]) {
    const cell = element("th", "", text, { scope: "col" });
    if (more) cell.append(element("span", "sb-meaning", more));
    head.append(cell);
  }
  const rows = runners.map(({ label, operations, input, method }) => {
    const row = element("tr", "", "", { title: `${label}: rheobase ${unitText(input)}, solved by ${method}` });
    const cells = [element("td"), element("td", "", operations === null ? "not counted" : tidy(operations)), element("td", "", "\u2026")];
    row.append(element("th", "", label, { scope: "row" }), ...cells);
    return { row, spikes: cells[0], time: cells[2] };
  });
  const thead = element("thead"), tbody = element("tbody");
  thead.append(head);
  tbody.append(...rows.map(({ row }) => row));
  table.append(thead, tbody);

  // One model after another is run again and again for a few milliseconds, in breaks between frames.
  const clock = {
    measured: [],
    best: Infinity,
    restart(settings) {
      clearTimeout(this.timer);
      if (settings.step !== this.step) for (const { time } of rows) time.textContent = "\u2026";
      this.step = settings.step;
      this.timer = setTimeout(() => this.next(settings, 0, 0), REST);
    },
    next(settings, index, tried) {
      if (index === runners.length || !explorer.visible) return;
      sample(settings, settings.strength * runners[index].rheobase, memory.steps, Number(settings.step));
      let rounds = 0, spent = 0;
      const begin = performance.now();
      while (spent < ENOUGH) {
        run(runners[index], memory.steps, Number(settings.step)); // the same numbers into the same arrays
        rounds++;
        spent = performance.now() - begin;
      }
      const cost = 1000 * spent / (rounds * duration);
      this.best = tried ? Math.min(this.best, cost) : cost;
      if (tried + 1 < TRIES) {
        this.timer = setTimeout(() => this.next(settings, index, tried + 1), 10);
        return;
      }
      this.measured[index] = this.best;
      rows[index].time.textContent = tidy(this.best, 2);
      const most = Math.max(...this.measured);
      this.measured.forEach((value, k) => rows[k].time.style.setProperty("--part", value / most));
      this.timer = setTimeout(() => this.next(settings, index + 1, 0), 10);
    },
  };

  // ---- drawing

  const lines = timelines(
    [
      ...runners.map(({ name, label, unit, base }) => ({
        title: label, unit, base, heights: [58, 44], most: 2, lines: [{ name, label, colour: "V" }],
      })),
      { title: "current", unit: "rheobases", base: [0, 2], heights: [46, 40], most: 2, lines: [{ name: "current", label: "current", colour: "input" }] },
    ],
    "The voltages of six models, and the current, over time.",
  );

  function draw({ arrays, trains }, look) {
    lines.draw(arrays, duration, look, [], (panel, index) => {
      const runner = runners[index];
      if (!runner || runner.foot === null) return;
      // A model that is reset leaves its spikes out: they are drawn in.
      for (const t of trains[index]) stroke(panel, look, "V", panel.x(t), panel.y(runner.foot), panel.x(t), panel.y(panel.scale[1]), { width: 1.8 });
    });
    trains.forEach((train, k) => (rows[k].spikes.textContent = String(train.length)));
  }

  function summary({ trains }) {
    const counts = trains.map(({ length }, k) => `${runners[k].label} ${length}`);
    return `Spikes: ${counts.join(", ")}.`;
  }

  function arrays({ arrays, trains }) {
    const times = Float64Array.from(trains.flatMap((train) => [...train]));
    const copies = Object.entries(arrays).map(([name, values]) => [name, values.slice()]);
    return { ...Object.fromEntries(copies), spike_times: times, spike_counts: Float64Array.from(trains, ({ length }) => length) };
  }

  return {
    elements: lines.elements,
    tools: [table],
    canvases: lines.panels,
    compute,
    draw,
    summary,
    table: (result) => lines.table(result.arrays),
    arrays,
  };
}
