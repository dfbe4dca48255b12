// The view of the atlas: a pattern's current, voltage and phase plane, and whether it still deserves its name.
//
// The neurons' programs, their planes and the criteria are translated Python.

import { element, reword } from "./controls.js";
import { extremes, phaseField, pointsAt, recorded, recorder } from "./plane.js";
import { tidy } from "./panel.js";

export function atlas(explorer) {
  const { spec } = explorer;
  const { state: [v, u], parameters, patterns, runs, threshold, measures } = spec;
  const { add_ramp, add_sampled, neurons, criteria } = new Function(
    `"use strict";\n${spec.code}\nreturn { add_ramp, add_sampled, criteria, neurons: [neuron_0, neuron_1, neuron_2] };`,
  )();
  const control = (name) => spec.controls.find((one) => one.name === name);

  // ---- computing

  const finite = (values) => values.every(Number.isFinite);
  const room = recorder([v, u]);
  const probing = recorder([v, u]);
  const thumbnail = recorder([v, u]);

  function runIn(room, settings, duration, dt, fill) {
    const { neuron, start: [at, given] } = patterns[settings.pattern];
    const steps = Math.round(duration / dt);
    const memory = room(steps, dt);
    const { samples, arrays, spikes } = memory;
    fill(samples, steps);
    const values = parameters.map((name) => settings[name]);
    const run = neurons[neuron][runs[settings.scheme]];
    const count = run(steps, dt, ...samples, at, given ?? settings.b * at, ...values, threshold, arrays[v], arrays[u], spikes);
    return { steps, arrays, samples, spikes: spikes.slice(0, Math.max(0, count)), sound: count >= 0 && finite(arrays[v]) && finite(arrays[u]) };
  }

  // The pattern's run; Python's `trace` says the same.
  function simulated(room, settings, solvedIn) {
    const { pieces, background, duration, step } = patterns[settings.pattern];
    const solved = settings.scheme === "converged";
    const dt = solved ? solvedIn : step;
    return { dt, ...runIn(room, settings, duration, dt, (samples, steps) => {
      for (const sample of samples) sample.fill(solved ? 0 : background);
      const parts = pieces.map(([first, last, ...times]) => [(first * settings.strength) / 100, (last * settings.strength) / 100, ...times]);
      if (solved) for (const [first, last, start, stop] of [[background, background, 0, 1e12], ...parts]) add_ramp(steps, dt, ...samples, start, stop, first, last);
      else for (const sample of samples) for (const part of parts) add_sampled(steps, dt, sample, ...part);
    }) };
  }

  // The lowest rate at which it goes on firing; Python's `lowest_rate` says the same.
  function lowestRate(settings) {
    const { pieces: [[, top]], background, step } = patterns[settings.pattern];
    const [duration, coarse, rounds] = spec.probe;
    let [low, high, rate] = [background, background + (top * settings.strength) / 100, 0];
    for (let k = 0; k < rounds; k++) {
      const middle = 0.5 * (low + high);
      const dt = settings.scheme === "converged" ? coarse : step;
      const { spikes: s, sound } = runIn(probing, settings, duration, dt, (samples) => samples.forEach((sample) => sample.fill(middle)));
      if (sound && s.length > 3 && criteria.lasts(s, s.length, duration)) [rate, high] = [1000 / (s[s.length - 1] - s[s.length - 2]), middle];
      else low = middle;
    }
    return rate;
  }

  function compute(settings) {
    const { neuron, pieces, duration, judge, probed, window } = patterns[settings.pattern];
    const run = simulated(room, settings, spec.dt);
    const { steps, dt, samples, sound } = run;
    const spikes = sound ? run.spikes : new Float64Array(0);
    const arrays = { ...run.arrays };
    arrays.current.set(samples[0]);
    const current = (arrays.current[steps] = samples[2][steps - 1]);
    const measured = new Float64Array(measures);
    let holds = 0;
    if (sound) {
      if (probed) measured[0] = lowestRate(settings);
      const moments = Float64Array.from([...pieces.flatMap(([, , ...times]) => times), duration]);
      holds = Number(criteria[judge](spikes, spikes.length, arrays[v], steps, dt, moments, 100, measured));
    } else {
      arrays[v] = arrays[u] = new Float64Array(0);
    }
    const [least, most] = extremes(arrays.current);
    const other = most - current > current - least ? most : least;
    const program = neurons[neuron];
    const form = new Float64Array(8);
    program.coefficients(...parameters.map((name) => settings[name]), form);
    const result = { settings: { ...settings, duration }, arrays, spikes, dt, steps, program, form, current, other, measured, holds, sound, window };
    return { ...result, points: pointsAt(result, current) };
  }

  // ---- drawing

  const { field, plane, lines, draw } = phaseField(spec, "", "The voltage, u and the current over time.");

  // The twenty as small pictures, in the figure's order, which the menu above them offers by name.
  const grid = element("div", "sb-atlas");
  const pictures = Object.entries(patterns).map(([pattern, { panel }]) => {
    const node = element("button", "", panel, { type: "button", title: pattern, "aria-label": pattern, tabindex: -1 });
    const canvas = element("canvas", "", "", { width: 104, height: 56 });
    node.append(canvas);
    node.addEventListener("click", () => explorer.apply({ pattern, ...control("pattern").sets[pattern] }));
    grid.append(node);
    return { pattern, node, canvas };
  });
  const words = element("p", "sb-hint");

  let painted = null;
  function paint(look) {
    if (painted === look) return;
    painted = look;
    for (const { pattern, canvas } of pictures) {
      const settings = { pattern, ...control("pattern").sets[pattern], scheme: "published" };
      const { arrays, spikes, steps, dt } = simulated(thumbnail, settings, 0);
      const g = canvas.getContext("2d");
      const y = (value) => 50 - 0.36 * (value + 90);
      g.clearRect(0, 0, 104, 56);
      g.strokeStyle = look.V;
      g.lineWidth = 1.5;
      g.beginPath();
      for (let i = 0; i <= steps; i++) g.lineTo((104 * i) / steps, y(Math.min(30, arrays[v][i])));
      for (const t of spikes) {
        g.moveTo((104 * t) / dt / steps, y(-50));
        g.lineTo((104 * t) / dt / steps, y(30));
      }
      g.stroke();
    }
  }

  function drawAll(result, look) {
    const { pattern } = result.settings;
    const { background: from, pieces } = patterns[pattern];
    lines.panels[2].base = extremes([from, ...pieces.flatMap(([first, last]) => [from + first, from + last])]);
    lines.panels[1].base = result.window?.[1] ?? [-20, 5];
    if (result.sound) draw(result, look);
    paint(look);
    for (const one of pictures) one.node.setAttribute("aria-pressed", one.pattern === pattern);
    const { words: criterion, note } = patterns[pattern];
    reword(words, `${pattern[0].toUpperCase()}${pattern.slice(1)}: ${criterion}. ${untouched(result.settings) ? note : ""}`);
  }

  // A slider covers what is worth trying with this pattern.
  function adapt(name, value) {
    if (name !== "pattern") return;
    for (const [key, [low, high]] of Object.entries(patterns[value].reach)) explorer.rows[key]?.reach(low, high);
  }

  // ---- in words

  const untouched = (settings) => Object.entries(control("pattern").sets[settings.pattern]).every(([name, value]) => settings[name] === value);

  function summary({ settings, spikes, measured, holds, sound }) {
    const name = settings.pattern;
    const bent = !untouched(settings);
    if (!sound) return `${bent ? "No longer" : "Not"} ${name}: with these numbers it spikes without end or runs away.`;
    if (!holds) return `${bent ? "No longer" : "Not"} ${name}: ${spikes.length || "no"} spike${spikes.length === 1 ? "" : "s"} in ${settings.duration} ms.`;
    const report = patterns[name].report.replace(/\{(\d)\}/g, (_, k) => tidy(measured[k], 3));
    return bent ? `Still ${name}: ${report}.` : `${name[0].toUpperCase()}${name.slice(1)}: ${report}.`;
  }

  return {
    elements: [field, ...lines.elements],
    tools: [grid, words],
    canvases: [plane, ...lines.panels],
    compute,
    draw: drawAll,
    adapt,
    summary,
    table: ({ arrays }) => lines.table(arrays),
    arrays: (result) => ({ ...recorded(result), measured: result.measured.slice(), holds: Float64Array.of(result.holds) }),
  };
}
