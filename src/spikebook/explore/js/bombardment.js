// The view of a neuron under thousands of synapses: its voltage, the two conductances and the two currents over time.
//
// `spec.code` holds the synapses, the neuron and the random numbers, translated from Python.

import { stroke, timelines } from "./timelines.js";
import { tidy } from "./panel.js";

const SPIKE_TOP = -32; // mV: how high a spike is drawn, of which the model has only the moment

export function bombardment(explorer) {
  const { spec } = explorer;
  const program = new Function(`"use strict";\n${spec.code}\nreturn { bombard };`)();
  const recorded = ["V", "G_E", "G_I", "I_E", "I_I"];
  const memory = { steps: -1 };

  function compute(settings) {
    const { dt } = spec;
    const steps = Math.round(settings.duration / dt);
    if (memory.steps !== steps) {
      memory.steps = steps;
      memory.arrays = Object.fromEntries(["t", ...recorded].map((name) => [name, new Float64Array(steps + 1)]));
      memory.spikes = new Float64Array(steps);
      for (let i = 0; i <= steps; i++) memory.arrays.t[i] = i * dt;
    }
    const { arrays, spikes } = memory;
    const { n_E, r_E, w_E, n_I, r_I, w_I, seed } = settings;
    const count = program.bombard(
      steps, dt, n_E * r_E / 1000, n_I * r_I / 1000, w_E, w_I, ...spec.parameters.map((name) => settings[name]), seed,
      new Float64Array(6), arrays.G_E, arrays.G_I, arrays.I_E, arrays.I_I, arrays.V, spikes,
    );
    return { settings, arrays, spikes: spikes.slice(0, count), duration: steps * dt };
  }

  const pair = (letter) => [
    { name: `${letter}_E`, label: "excitation", colour: "E" },
    { name: `${letter}_I`, label: "inhibition", colour: "I" },
  ];
  const lines = timelines(
    [
      { title: "V", unit: "mV", base: [-80, -30], heights: [190, 130], most: 4, lines: [{ name: "V", label: "V", colour: "V" }] },
      { title: "open conductance", unit: "nS", base: [0, 50], heights: [96, 76], lines: pair("G") },
      { title: "current into the cell", unit: "pA", base: [-1500, 1500], heights: [110, 84], lines: pair("I") },
    ],
    "Voltage, conductances and currents of the neuron over time.",
  );

  function draw({ arrays, spikes, settings, duration }, look) {
    lines.draw(arrays, duration, look, [], (panel, index) => {
      if (index > 0) return;
      const { left, right } = panel.inner;
      for (const [value, colour] of [[settings.V_th, "muted"], [settings.E_I, "I"]]) {
        stroke(panel, look, colour, left, panel.y(value), right, panel.y(value), { dash: [4, 3] });
      }
      for (const t of spikes) stroke(panel, look, "V", panel.x(t), panel.y(settings.V_th), panel.x(t), panel.y(SPIKE_TOP), { width: 1.5 });
      panel.context.fillStyle = look.muted;
      panel.context.textAlign = "right";
      panel.context.textBaseline = "bottom";
      panel.context.fillText("threshold", right - 2, panel.y(settings.V_th) - 1);
      panel.context.fillStyle = look.I;
      panel.context.textBaseline = "top";
      panel.context.fillText("reversal of inhibition", right - 2, panel.y(settings.E_I) + 2);
    });
  }

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  function summary({ arrays, spikes, duration }) {
    const V = mean(arrays.V);
    const spread = Math.sqrt(mean(arrays.V.map((value) => (value - V) ** 2)));
    const pulls = `On average excitation brings ${tidy(Math.round(mean(arrays.I_E)))} pA, inhibition ${tidy(Math.round(mean(arrays.I_I)))} pA; V ${tidy(V, 3)} \u00b1 ${spread.toFixed(1)} mV.`;
    if (!spikes.length) return `No spike in ${duration} ms. ${pulls}`;
    return `${spikes.length} spike${spikes.length > 1 ? "s" : ""} in ${duration} ms: ${tidy(1000 * spikes.length / duration, 3)} Hz. ${pulls}`;
  }

  const arrays = (result) => ({
    ...Object.fromEntries(Object.entries(result.arrays).map(([name, values]) => [name, values.slice()])),
    spike_times: result.spikes.slice(),
  });
  return { elements: lines.elements, canvases: lines.panels, compute, draw, summary, table: (result) => lines.table(result.arrays), arrays };
}
