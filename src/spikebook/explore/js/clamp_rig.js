// The view of a voltage-clamp rig: the membrane as a circuit at one moment, and below it, over time, the command, the
// currents, the conductances and the gates. The command is dragged by three points: before, during and after the step.
//
// What is computed here comes from Python, translated: the clamp's program and what a block or another bath changes.

import { element } from "./controls.js";
import { draggable, pointOf, pressable } from "./dragging.js";
import { Panel } from "./panel.js";
import { stroke, timelines } from "./timelines.js";

const BUSY = 2000, OPEN = 40; // µA/cm² and mS/cm²: what the widest wire and the fullest resistor stand for
const EARLIER = [2, 3]; // the dash of the clamp's current as it was
const QUIET = 0.5; // µA/cm²: no current to speak of

const signed = (value, digits = 0) => {
  const text = Math.abs(value).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return value < 0 && /[1-9]/.test(text) ? `\u2212${text}` : text;
};

// Four paths from inside to outside, and the clamp that closes the circuit.
class Circuit extends Panel {
  draw({ branches, V, charge, total }, look) {
    const g = this.context;
    const [top, bottom] = [22, this.fullHeight - 22];
    const narrow = this.width < 480;
    const left = narrow ? 6 : 46;
    const column = (this.width - left - 6) / (branches.length + 2);
    const wire = (k) => left + column * (k + (narrow ? 0.3 : 0.25));
    const size = narrow ? 11 : 12;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.clearRect(0, 0, this.width, this.fullHeight);
    g.lineJoin = "round";
    g.lineCap = "butt";
    const line = (colour, width, ...points) => {
      g.strokeStyle = look[colour];
      g.lineWidth = width;
      g.beginPath();
      for (const [x, y] of points) g.lineTo(x, y);
      g.stroke();
    };
    const write = (text, x, y, colour, bold = false) => {
      g.font = `${bold ? "600 " : ""}${size}px ${look.font}`;
      g.fillStyle = look[colour];
      g.fillText(text, x, y);
    };
    // An arrow head on a wire at height y; `up` is outward.
    const head = (x, y, up, size, colour) => {
      const s = up ? -1 : 1;
      g.fillStyle = look[colour];
      g.beginPath();
      g.moveTo(x, y + s * size);
      g.lineTo(x - 0.8 * size, y - s * size * 0.6);
      g.lineTo(x + 0.8 * size, y - s * size * 0.6);
      g.fill();
    };
    const thickness = (current) => 1 + 6 * Math.min(1, Math.sqrt(Math.abs(current) / BUSY));
    const last = wire(branches.length + 1);
    line("muted", 1.5, [wire(0), top], [last, top]);
    line("muted", 1.5, [wire(0), bottom], [last, bottom]);
    g.textBaseline = "middle";
    g.textAlign = "right";
    write("outside", this.width - 6, top - 12, "muted");
    write("inside", this.width - 6, bottom + 12, "muted");
    g.textAlign = "left";
    const middle = (top + bottom) / 2;

    // The clamp: its current flows into the cell when the membrane's flows out.
    const x0 = wire(0);
    line("input", thickness(total), [x0, top], [x0, middle - 11]);
    line("input", thickness(total), [x0, middle + 11], [x0, bottom]);
    line("input", 1.5, ...Array.from({ length: 25 }, (_, k) => [x0 + 11 * Math.sin(k * Math.PI / 12), middle - 11 * Math.cos(k * Math.PI / 12)]));
    if (Math.abs(total) >= QUIET) head(x0, bottom - 13, total < 0, 4 + thickness(total), "input");
    g.textAlign = "center";
    write("V", x0, middle + 0.5, "input", true);
    g.textAlign = "left";
    write("clamp", x0 + 8, top + 11, "input", true);
    write(signed(total), x0 + 8, top + 25, "input");
    write(`${signed(V)} mV`, x0 + (narrow ? 8 : 16), bottom - 9, "V");

    // The capacitor and the sign of the charge on its plates.
    const x1 = wire(1);
    line("ink", 1.5, [x1, top], [x1, middle - 4]);
    line("ink", 1.5, [x1, middle + 4], [x1, bottom]);
    for (const side of [-1, 1]) line("ink", 2.5, [x1 - 10, middle + 4 * side], [x1 + 10, middle + 4 * side]);
    write("C", x1 + 8, top + 11, "ink", true);
    if (Math.abs(V) >= 0.5) {
      write(V < 0 ? "+" : "\u2212", x1 + 13, middle - 8, "ink");
      write(V < 0 ? "\u2212" : "+", x1 + 13, middle + 9, "ink");
    }
    write(`${signed(charge)} nC/cm²`, x1 + 8, bottom - 9, "ink");

    branches.forEach(({ label, colour, I, G, E, shut, varies }, k) => {
      const x = wire(k + 2);
      const [y1, y2] = [top + 36, top + 36 + 30]; // the resistor
      const plates = bottom - 28;
      line(colour, thickness(I), [x, top], [x, y1]);
      line(colour, thickness(I), [x, y2], [x, plates - 4]);
      line(colour, thickness(I), [x, plates + 4], [x, bottom]);
      g.fillStyle = look[colour];
      g.globalAlpha = 0.75 * Math.min(1, Math.sqrt(G / OPEN));
      g.fillRect(x - 7, y1, 14, y2 - y1);
      g.globalAlpha = 1;
      g.strokeStyle = look[colour];
      g.lineWidth = 1.5;
      g.strokeRect(x - 7, y1, 14, y2 - y1);
      if (shut) {
        line("ink", 2, [x - 10, y1 + 5], [x + 10, y2 - 5]);
        line("ink", 2, [x + 10, y1 + 5], [x - 10, y2 - 5]);
      } else if (varies) {
        line("ink", 1.2, [x - 12, y2 - 3], [x + 11, y1 + 4]);
        g.fillStyle = look.ink;
        g.beginPath();
        for (const [dx, dy] of [[14, 1], [7, 4], [11, 9]]) g.lineTo(x + dx, y1 + dy);
        g.fill();
      }
      // The battery's long plate is its plus: inside if it would make the inside positive.
      const plus = E > 0 ? 1 : -1;
      line(colour, 1.5, [x - 10, plates + 4 * plus], [x + 10, plates + 4 * plus]);
      line(colour, 3.5, [x - 5, plates - 4 * plus], [x + 5, plates - 4 * plus]);
      if (Math.abs(I) >= QUIET) head(x, top + 19, I > 0, 4 + thickness(I), colour);
      const beside = x + (narrow ? 9 : 16);
      write(label, beside, top + 11, colour, true);
      write(signed(I, Math.abs(I) < 100 ? 1 : 0), beside, top + 25, colour);
      write(`${narrow ? "" : "g "}${signed(G, G < 10 ? 2 : 1)}`, beside + (narrow ? 5 : 2), (y1 + y2) / 2 + 3, colour);
      write(`${narrow ? "" : "E "}${signed(E)}`, beside + (narrow ? 4 : 0), plates, colour);
    });
  }
}

export function clampRig(explorer) {
  const { spec } = explorer;
  const { dt, duration, onset } = spec;
  const names = ["run_clamp", "add_ramp", "flows", "E_Na_left", "unblocked", "conductances", "add_up"];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();
  const control = (name) => spec.controls.find((one) => one.name === name);

  // ---- computing

  const steps = Math.round(duration / dt);
  const row = () => new Float64Array(steps + 1);
  const arrays = Object.fromEntries(["t", ...spec.recorded].map((name) => [name, row()]));
  const command = [row(), row(), row()];
  const [jumps, charging] = [row(), row()];
  for (let i = 0; i <= steps; i++) arrays.t[i] = i * dt;

  function compute(settings) {
    const { V_hold, V_step, V_back, length, TTX, TEA, sodium, celsius } = settings;
    const values = { ...settings, g_Na: program.unblocked(settings.g_Na, TTX), g_K: program.unblocked(settings.g_K, TEA) };
    values.E_Na = program.E_Na_left(settings.E_Na, sodium, celsius);
    const parameters = spec.parameters.map((name) => values[name]);
    for (const samples of command) samples.fill(0);
    const parts = [[0, onset, V_hold], [onset, onset + length, V_step], [onset + length, spec.forever, V_back]];
    for (const [from, to, level] of parts) program.add_ramp(steps, dt, ...command, from, to, level, level);
    const state = ["V", ...spec.gates].map((name) => arrays[name]);
    program.run_clamp(steps, dt, ...command, V_hold, ...parameters, ...state, jumps, charging);
    const currents = spec.currents.map((name) => arrays[name]);
    program.flows(steps, ...parameters, ...state, ...currents);
    program.add_up(steps, ...currents, charging, arrays.current);
    program.conductances(steps, values.g_Na, values.g_K, arrays.n, arrays.m, arrays.h, arrays.G_Na, arrays.G_K);
    return { arrays, settings, values };
  }

  // ---- drawing

  const circuit = new Circuit({
    height: 168, phoneHeight: 158, base: [0, 1],
    title: [element("span", "sb-panel-name", "")],
  });
  const lines = timelines(
    [
      { title: "command V", unit: "mV", base: [-120, 80], heights: [84, 64], most: 3, lines: [{ name: "V", label: "V", colour: "V" }] },
      {
        title: "current, outward up", unit: "uA/cm2", base: [-400, 400], heights: [140, 88], most: 4,
        lines: [
          { name: "I_Na", label: "Na\u207a", colour: "Na" },
          { name: "I_K", label: "K\u207a", colour: "K" },
          { name: "I_L", label: "leak", colour: "L" },
          { name: "current", label: "clamp", colour: "input" },
        ],
        more: [{ label: "before", colour: "muted", dash: EARLIER }],
      },
      {
        title: "conductance", unit: "mS/cm2", base: [0, 10], heights: [74, 48], most: 2,
        lines: [{ name: "G_Na", label: "Na\u207a", colour: "Na" }, { name: "G_K", label: "K\u207a", colour: "K" }],
      },
      {
        title: "gates open", unit: "", base: [0, 1], heights: [74, 48], most: 2,
        lines: [
          { name: "m", label: "m", colour: "Na" },
          { name: "h", label: "h", colour: "Na", dash: [6, 3] },
          { name: "n", label: "n", colour: "K" },
        ],
      },
    ],
    "The command, currents, conductances and gates over time.",
  );
  const [stack, reading] = lines.elements;
  stack.classList.add("sb-tall");
  const [voltage, flow] = lines.panels;

  const handles = Object.entries({
    V_hold: ["Voltage before the step. Up and down arrow change it", []],
    V_step: ["Voltage and length of the step. Up and down arrow change the voltage, left and right arrow the length", ["length"]],
    V_back: ["Voltage after the step. Up and down arrow change it", []],
  }).map(([name, [label, more]]) => {
    const node = pointOf(explorer, `${label}; with Shift in larger steps.`, name, ...more);
    stack.append(node);
    return { name, node };
  });

  // Where on the time axis each point sits.
  function places({ length }) {
    const off = onset + length;
    return { V_hold: onset / 2, V_step: off, V_back: (off + duration) / 2 };
  }

  let shown = null;
  let before = null; // the clamp's current as it was when a hand was last laid on a control, to compare with
  function draw(result, look) {
    shown = result;
    const wide = stack.clientWidth;
    if (!wide) return;
    const { settings, values } = result;
    lines.draw(result.arrays, duration, look, [], (panel, index) => {
      const { top, bottom, left, right } = panel.inner;
      if (panel === flow) {
        stroke(panel, look, "muted", left, panel.y(0), right, panel.y(0));
        if (before) {
          const g = panel.context;
          g.save();
          g.beginPath();
          g.rect(left, top - 5, right - left, bottom - top + 10);
          g.clip();
          panel.trace(before);
          g.strokeStyle = look.muted;
          g.setLineDash(EARLIER);
          g.lineWidth = 1.5;
          g.stroke();
          g.restore();
        }
      }
      stroke(panel, look, "accent", panel.x(settings.moment), top - 4, panel.x(settings.moment), bottom, { dash: [2, 2], width: 1.5 });
      if (index > 0) return;
      for (const [name, E, colour] of [["E_Na", values.E_Na, "Na"], ["E_K", values.E_K, "K"]]) {
        const y = panel.y(E);
        if (y < top - 3 || y > bottom + 3) continue;
        stroke(panel, look, colour, left, y, right, y, { dash: [4, 3] });
        panel.context.fillStyle = look[colour];
        panel.context.textAlign = "right";
        panel.context.textBaseline = name === "E_Na" ? "bottom" : "top";
        panel.context.fillText(name.replace("_", " "), right - 2, name === "E_Na" ? y - 1 : y + 2);
      }
      const at = places(settings);
      for (const { name, node } of handles) {
        const [x, y] = [panel.x(at[name]), panel.y(settings[name])];
        const g = panel.context;
        g.beginPath();
        g.arc(x, y, 6, 0, 2 * Math.PI);
        g.fillStyle = look.input;
        g.strokeStyle = look.panel;
        g.lineWidth = 2;
        g.fill();
        g.stroke();
        node.style.transform = `translate(${x}px, ${panel.canvas.offsetTop + y}px)`;
      }
    });
    circuit.fit(wide, wide < 480);
    const units = wide < 480 ? "" : ": currents in µA/cm², g in mS/cm², E in mV";
    circuit.caption.firstChild.textContent = `the circuit at ${settings.moment.toFixed(2)} ms${units}`;
    circuit.draw(moment(result), look);
  }
  function remember(event) {
    if (shown && !stack.contains(event.target)) before = shown.arrays.current.slice();
  }
  explorer.root.addEventListener("pointerdown", remember, { capture: true });
  explorer.root.addEventListener("focusin", remember);

  // The circuit as it is at the moment shown.
  function moment({ arrays: all, settings, values }) {
    const i = Math.min(steps, Math.round(settings.moment / dt));
    const branches = [
      { label: "Na\u207a", colour: "Na", I: all.I_Na[i], G: all.G_Na[i], E: values.E_Na, shut: settings.TTX === 100, varies: true },
      { label: "K\u207a", colour: "K", I: all.I_K[i], G: all.G_K[i], E: values.E_K, shut: settings.TEA === 100, varies: true },
      { label: "leak", colour: "L", I: all.I_L[i], G: values.g_L, E: values.E_L, shut: false, varies: false },
    ];
    return { branches, V: all.V[i], charge: values.C * all.V[i], total: all.current[i] };
  }

  // ---- dragging and keys

  const snapped = ({ low, high, step }, value) => Number(Math.min(high, Math.max(low, Math.round(value / step) * step)).toFixed(6));
  for (const { name, node } of handles) {
    const onDrag = (event) => {
      const box = voltage.canvas.getBoundingClientRect();
      const moved = { [name]: snapped(control(name), voltage.value(event.clientY - box.top)) };
      if (name === "V_step") moved.length = snapped(control("length"), voltage.time(event.clientX - box.left) - onset);
      explorer.apply(moved);
    };
    draggable(node, onDrag, (event) => {
      event.stopPropagation();
      before = shown.arrays.current.slice();
    });
    node.addEventListener("keydown", (event) => {
      const sideways = name === "V_step" ? "length" : name;
      const moves = { ArrowDown: [name, -1], ArrowUp: [name, 1], ArrowLeft: [sideways, -1], ArrowRight: [sideways, 1] };
      event.stopPropagation();
      const [what, way] = moves[event.key] ?? [];
      if (!what) return;
      event.preventDefault();
      const { step } = control(what);
      explorer.apply({ [what]: snapped(control(what), explorer.values[what] + way * (event.shiftKey ? 10 : 1) * step) });
    });
  }
  // The moment: by mouse it is dragged anywhere in the panels, by touch a tap sets it, so that a finger can scroll.
  const inside = (event) => !handles.some(({ node }) => node.contains(event.target));
  function lookAt(event) {
    const time = voltage.time(event.clientX - stack.getBoundingClientRect().left);
    explorer.apply({ moment: snapped(control("moment"), time) });
  }
  pressable(stack, lookAt, inside);

  // ---- in words

  const direction = (I) => (Math.abs(I) < QUIET ? "no current" : `${signed(Math.abs(I))} ${I > 0 ? "out" : "in"}`);
  function summary(result) {
    const { arrays: all, settings } = result;
    const [first, end] = [Math.round(onset / dt), Math.round((onset + settings.length) / dt) - 1];
    let peak = first;
    for (let i = first; i <= end; i++) if (all.current[i] < all.current[peak]) peak = i;
    const early = all.current[peak] < -QUIET
      ? `Peak inward ${signed(-all.current[peak])} µA/cm² ${((peak - first) * dt).toFixed(2)} ms after the step began`
      : "Nothing inward during the step";
    const late = `at its end ${direction(all.current[end])}`;
    const { branches } = moment(result);
    const now = branches.map(({ label, I }) => `${label} ${direction(I)}`).join(", ");
    return `${early}; ${late}. At ${settings.moment.toFixed(2)} ms: ${now}.`;
  }

  return {
    elements: [circuit.element, stack, reading],
    canvases: [circuit, ...lines.panels],
    compute,
    draw,
    summary,
    table: (result) => lines.table(result.arrays),
    arrays: (result) => Object.fromEntries(Object.entries(result.arrays).map(([name, values]) => [name, values.slice()])),
  };
}
