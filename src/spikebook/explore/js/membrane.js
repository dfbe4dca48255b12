// The view of a membrane between two solutions: where each ion pulls the voltage and how hard the membrane lets it, and
// the voltage from the moment at which the channels of an uncharged membrane open.
//
// What is computed here comes from Python, translated: the Nernst and Goldman potentials and a run of the membrane.

import { element } from "./controls.js";
import { Panel, scaleFor, ticks, tidy } from "./panel.js";

const RANGE = [-100, 80]; // mV
const TOP = 24, ROW = 54; // pixels: above the first ion, and each ion's share

const millivolts = (value) => `${value.toFixed(1).replace("-", "\u2212").replace(/^\u2212(0\.0)$/, "$1")} mV`;

// The ions below one another over an axis of voltage: an arrow from V to each ion's own potential.
class Pulls extends Panel {
  x(value) {
    const { left, right } = this.inner;
    return left + ((right - left) * (value - this.scale[0])) / (this.scale[1] - this.scale[0]);
  }

  draw(ions, V, look) {
    const g = this.context;
    this.scale = scaleFor([ions.map(({ E }) => E)], RANGE);
    const { left, right, bottom } = this.inner;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.clearRect(0, 0, this.width, this.fullHeight);
    g.font = `12px ${look.font}`;
    g.lineWidth = 1;
    g.textBaseline = "top";
    for (const tick of ticks(...this.scale, Math.max(4, Math.floor((right - left) / 70)))) {
      const x = Math.round(this.x(tick)) + 0.5;
      g.strokeStyle = look.rule;
      g.beginPath();
      g.moveTo(x, TOP);
      g.lineTo(x, bottom);
      g.stroke();
      g.fillStyle = look.muted;
      g.textAlign = "center";
      g.fillText(tidy(tick), x, bottom + 7);
    }
    g.fillStyle = look.V;
    g.fillRect(Math.round(this.x(V)) - 1, TOP - 4, 2, bottom - TOP + 4);
    g.lineJoin = "round";
    const write = (text, x, y, font) => {
      g.font = `${font} ${look.font}`;
      g.strokeStyle = look.panel; // a halo, so that no line runs through the letters
      g.lineWidth = 4;
      const start = Math.min(right - g.measureText(text).width, Math.max(left, x));
      g.strokeText(text, start, y);
      g.fillText(text, start, y);
    };
    g.textAlign = "left";
    g.textBaseline = "middle";
    const most = Math.max(...ions.map(({ P }) => P));
    ions.forEach(({ label, E, P, colour }, row) => {
      const y = TOP + ROW * row + 30;
      const [from, to] = [this.x(V), this.x(E)];
      const half = P > 0 ? Math.max(1, 8 * Math.sqrt(P / most)) : 0;
      const neck = to - Math.sign(to - from) * Math.min(Math.abs(to - from), half + 3);
      g.fillStyle = look[colour];
      g.globalAlpha = 0.55;
      g.beginPath();
      for (const [x, side] of [[from, half], [neck, half], [neck, half && half + 3], [to, 0]]) g.lineTo(x, y - side);
      for (const [x, side] of [[neck, half && half + 3], [neck, half], [from, half]]) g.lineTo(x, y + side);
      g.fill();
      g.globalAlpha = 1;
      g.fillRect(Math.round(to) - 1, y - 12, 3, 24);
      g.font = `600 14px ${look.font}`;
      g.fillText(label, 8, y);
      const text = `E = ${millivolts(E)},  V \u2212 E = ${millivolts(V - E)}`;
      g.font = `12px ${look.font}`;
      write(text, E < V ? to - g.measureText(text).width : to, y - 21, "12px");
    });
    g.fillStyle = look.V;
    const text = `V = ${millivolts(V)}`;
    g.font = `600 14px ${look.font}`;
    write(text, this.x(V) - g.measureText(text).width / 2, TOP - 13, "600 14px");
  }
}

export function membrane(explorer) {
  const { spec } = explorer;
  const names = [spec.entry, "flows", "E_ion", "V_goldman"];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();
  const ions = Object.entries(spec.ions);
  const steps = Math.round(spec.duration / spec.dt);
  const filled = (value) => new Float64Array(steps + 1).fill(value);
  const nothing = new Float64Array(steps);

  function compute(settings) {
    const arrays = { t: filled(0), V: filled(0) };
    for (let i = 0; i <= steps; i++) arrays.t[i] = i * spec.dt;
    for (const [ion] of ions) arrays[`I_${ion}`] = filled(0);
    const values = spec.parameters.map((name) => settings[name]);
    program[spec.entry](steps, spec.dt, nothing, nothing, nothing, 0, ...values, Infinity, arrays.V, new Float64Array(1));
    program.flows(steps, ...values, arrays.V, ...ions.map(([ion]) => arrays[`I_${ion}`]));
    const sides = ions.map(([ion]) => [settings[`${ion}_out`], settings[`${ion}_in`]]);
    const found = ions.map(([ion, { valence, label, colour }], k) => {
      const E = program.E_ion(valence, ...sides[k], settings.celsius);
      arrays[`E_${ion}`] = filled(E);
      return { E, P: settings[`P_${ion}`], valence, label, colour };
    });
    const V = program.V_goldman(...found.map(({ P }) => P), ...sides.flat(), settings.celsius);
    arrays.V_rest = filled(V);
    return { ions: found, V, arrays };
  }

  const pulls = new Pulls({
    height: TOP + ROW * ions.length + 6,
    phoneHeight: TOP + ROW * ions.length + 6,
    title: [element("span", "sb-panel-name", "each ion pulls V to its own E (mV); thickness: permeability")],
    showTime: true,
  });
  const course = new Panel({
    height: 150,
    phoneHeight: 110,
    title: [element("span", "sb-panel-name", "V (mV) after all channels open at once, from 0 mV; dashed: each ion's own E")],
    base: RANGE,
    showTime: true,
  });
  const stack = element("div", "sb-panels sb-still");
  stack.append(pulls.element, course.element);

  function draw({ ions: found, V, arrays }, look) {
    const width = stack.clientWidth;
    if (!width) return;
    for (const panel of [pulls, course]) panel.fit(width, width < 480);
    pulls.draw(found, V, look);
    const dashed = ions.map(([ion, { colour }]) => ({ values: arrays[`E_${ion}`], colour, dash: [4, 3] }));
    course.draw([...dashed, { values: arrays.V, colour: "V", dash: [] }], spec.duration, look);
  }

  // The direction in which an ion is driven, by its driving force V - E and the sign of its charge.
  function driven({ label, valence, E }, V) {
    const force = V - E;
    if (Math.abs(force) < 0.05) return `${label} in balance`;
    return `${label} ${force > 0 === valence > 0 ? "out" : "in"} (${millivolts(Math.abs(force))})`;
  }

  return {
    elements: [stack],
    canvases: [pulls, course],
    compute,
    draw,
    summary: ({ ions: found, V }) =>
      `V rests at ${millivolts(V)}. Driven: ${found.map((ion) => driven(ion, V)).join(", ")}.`,
    table: ({ arrays }) =>
      Object.entries(arrays).map(([name, values]) => ({
        title: `${name} (${name === "t" ? "ms" : name.startsWith("I") ? "uA/cm2" : "mV"})`,
        values,
      })),
    arrays: ({ arrays }) => Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()])),
  };
}
