// The view of a synapse under a train of spikes: the postsynaptic potential, and what is available and used over time.
//
// `spec.code` holds the synapse's equations, translated from Python.

import { stroke, timelines } from "./timelines.js";
import { tidy } from "./panel.js";

export function plasticity(explorer) {
  const { spec } = explorer;
  const { steps } = spec;
  const program = new Function(`"use strict";\n${spec.code}\nreturn { lay_out, release_train, sample_train };`)();
  const curves = Object.fromEntries(["t", "V", "u", "x"].map((name) => [name, new Float64Array(steps + 1)]));

  function compute(settings) {
    const { rate, n, pause, U, tau_rec, tau_facil, A, tau_s, tau_m } = settings;
    const [times, u, x] = [0, 1, 2].map(() => new Float64Array(n + 1));
    program.lay_out(n, rate, spec.start, pause, times);
    program.release_train(n + 1, times, U, tau_rec, tau_facil, u, x);
    const dt = (times[n] + spec.after) / steps;
    for (let i = 0; i <= steps; i++) curves.t[i] = i * dt;
    program.sample_train(steps, dt, n + 1, times, U, tau_rec, tau_facil, A, tau_s, tau_m, u, x, curves.u, curves.x, curves.V);
    return { settings, arrays: curves, times, released: u.map((used, k) => used * x[k]), duration: steps * dt };
  }

  const lines = timelines(
    [
      { title: "postsynaptic potential above rest", unit: "mV", base: [0, 2], heights: [170, 120], most: 4, lines: [{ name: "V", label: "V", colour: "V" }] },
      {
        title: "fraction",
        unit: "",
        base: [0, 1],
        heights: [150, 110],
        lines: [
          { name: "x", label: "x, available", colour: "K" },
          { name: "u", label: "u, of it used by a spike", colour: "input", dash: [6, 3] },
        ],
        more: [{ label: "released (bars)", colour: "E" }],
      },
    ],
    "The postsynaptic potential, and the fractions available and used over time.",
  );

  function draw({ arrays, times, released, duration }, look) {
    lines.draw(arrays, duration, look, times, (panel, index) => {
      if (index === 0) return;
      released.forEach((part, k) => stroke(panel, look, "E", panel.x(times[k]), panel.y(0), panel.x(times[k]), panel.y(part), { width: 4 }));
    });
  }

  function summary({ released, settings }) {
    const relative = [...released].map((part) => tidy(part / released[0], 2));
    const last = relative.pop();
    const pair = released[1] / released[0];
    const what = pair > 1.005 ? "facilitation" : pair < 0.995 ? "depression" : "no change";
    return `Second response ${tidy(pair, 3)} times the first: ${what}. In the train: ${relative.join(", ")}. After a pause of ${tidy(settings.pause)} ms: ${last}.`;
  }

  const arrays = ({ arrays, times }) => ({
    ...Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()])),
    spike_times: times.slice(),
  });
  return { elements: lines.elements, canvases: lines.panels, compute, draw, summary, table: (result) => lines.table(result.arrays), arrays };
}
