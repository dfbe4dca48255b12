// The view of an f-I curve beside the units of artificial networks: the curve with the closest unit, what is left between
// them, and the neuron's voltage at one input, which is a point on the curve, to be dragged.
//
// The curve, the fit and the voltage are translated Python.

import { element, reword, unitText } from "./controls.js";
import { draggable, pointOf, pressable } from "./dragging.js";
import { Panel, ticks, tidy } from "./panel.js";

// A panel over currents.
class CurvePanel extends Panel {
  x(current) {
    const { left, right } = this.inner;
    return left + ((right - left) * (current - this.from)) / (this.to - this.from);
  }

  current(x) {
    const { left, right } = this.inner;
    return this.from + ((this.to - this.from) * (x - left)) / (right - left);
  }

  drawTime(look) {
    const g = this.context;
    const { bottom, left, right } = this.inner;
    g.fillStyle = look.muted;
    g.textBaseline = "top";
    const marks = ticks(this.from, this.to, Math.max(3, Math.floor((right - left) / 70)));
    for (const tick of marks) {
      const last = tick === marks[marks.length - 1];
      g.textAlign = last ? "right" : "center";
      g.fillText(last ? `${tidy(tick)} ${this.unit}` : tidy(tick), last ? Math.min(this.x(tick) + 46, right) : this.x(tick), bottom + 7);
    }
  }
}

export function activation(explorer) {
  const { spec } = explorer;
  const { low, high, points, nodes, duration, dt, units } = spec;
  const program = new Function(`"use strict";\n${spec.code}\nreturn { f_I, activation, fit, noisy_train };`)();
  const kinds = Object.keys(units);
  const control = spec.controls.find(({ name }) => name === "current");
  const steps = Math.round(duration / dt);
  const row = (length) => new Float64Array(length);
  const places = [row(nodes), row(nodes)];
  const arrays = { t: row(steps + 1).map((_, i) => i * dt), V: row(steps + 1), I: row(points), rate: row(points) };
  for (let k = 0; k < points; k++) arrays.I[k] = low + ((high - low) * k) / (points - 1);
  for (const kind of kinds) arrays[kind] = row(points);
  arrays.errors = row(kinds.length);
  const state = row(6), spikes = row(steps + 1), here = row(2), found = row(4);

  // What only the neuron decides is kept while the point moves along its curve.
  let kept = "";
  let fits = [];
  function compute(settings) {
    const neuron = spec.neuron.map((name) => settings[name]);
    if (kept !== String(neuron)) {
      kept = String(neuron);
      program.f_I(points, low, high, ...neuron, ...places, arrays.rate);
      fits = kinds.map((kind, index) => {
        program.fit(units[kind], points, low, high, arrays.rate, found);
        const [scale, theta, w, error] = found;
        for (let k = 0; k < points; k++) arrays[kind][k] = scale * program.activation(units[kind], arrays.I[k] - theta, w);
        arrays.errors[index] = error;
        return { kind, scale, theta, w, error };
      });
    }
    program.f_I(2, settings.current, settings.current + 1, ...neuron, ...places, here);
    const meanW = 0.001 * settings.q * here[0];
    const count = program.noisy_train(steps, dt, settings.current, ...neuron, spec.tau_w, meanW, spec.seed, state, arrays.V, spikes);
    return { settings, rate: here[0], fits, most: Math.max(...arrays.rate), spikes: spikes.slice(0, count) };
  }

  // ---- drawing

  const key = (text, colour, dashed) => {
    const node = element("span", dashed ? "sb-key sb-dashed" : "sb-key", text);
    node.style.setProperty("--key", `var(--sb-${colour})`);
    return node;
  };
  const unitKey = key("", "accent", true);
  const span = { from: low, to: high, unit: unitText(control.unit) };
  const curve = Object.assign(
    new CurvePanel({ height: 210, phoneHeight: 165, base: [0, 100], title: [element("span", "sb-panel-name", "rate (Hz)"), key("neuron", "V", false), unitKey] }), span);
  const left = Object.assign(
    new CurvePanel({ height: 70, phoneHeight: 50, base: [-10, 10], most: 2, showTime: true, title: [element("span", "sb-panel-name", "neuron less unit (Hz)")] }), span);
  left.unit = span.unit;
  const voltage = new Panel({ height: 96, phoneHeight: 70, base: [-80, -40], most: 2, showTime: true, title: [element("span", "sb-panel-name", "V (mV) at the marked input")] });
  const panels = [curve, left, voltage];
  const handle = pointOf(explorer, "The marked input on the curve. Left and right arrow move it; with Shift in larger steps.", "current");
  const field = element("div", "sb-map");
  field.append(curve.element, handle);
  const stack = element("div", "sb-panels");
  stack.append(field, left.element, voltage.element);

  function draw(result, look) {
    const wide = stack.clientWidth;
    if (!wide) return;
    for (const panel of panels) panel.fit(wide, wide < 480);
    const { settings, rate } = result;
    reword(unitKey, `closest ${settings.unit}`);
    curve.draw([{ values: arrays.rate, colour: "V", dash: [] }, { values: arrays[settings.unit], colour: "accent", dash: [6, 4] }], 1, look);
    left.draw([{ values: arrays.rate.map((one, k) => one - arrays[settings.unit][k]), colour: "accent", dash: [] }], 1, look);
    voltage.draw([{ values: arrays.V, colour: "V", dash: [] }], duration, look, result.spikes, settings.V_th);
    const [x, y] = [curve.x(settings.current), curve.y(rate)];
    const g = curve.context;
    g.strokeStyle = look.input;
    g.lineWidth = 1;
    g.setLineDash([3, 3]);
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(x, curve.inner.bottom);
    g.stroke();
    g.setLineDash([]);
    g.beginPath();
    g.arc(x, y, 7, 0, 2 * Math.PI);
    g.fillStyle = look.input;
    g.strokeStyle = look.panel;
    g.lineWidth = 2;
    g.fill();
    g.stroke();
    handle.style.transform = `translate(${x}px, ${curve.canvas.offsetTop + y}px)`;
    write(result);
  }

  // ---- dragging and keys

  const snapped = (value) => Number(Math.min(high, Math.max(low, Math.round(value / control.step) * control.step)).toFixed(6));
  const moveTo = (event) => explorer.apply({ current: snapped(curve.current(event.clientX - curve.canvas.getBoundingClientRect().left)) });
  // The point itself can be dragged by touch; from the rest of the picture a finger scrolls, and a tap moves the point.
  draggable(handle, moveTo);
  pressable(curve.canvas, moveTo);
  handle.addEventListener("keydown", (event) => {
    const sign = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!sign) return;
    event.preventDefault();
    explorer.apply({ current: snapped(explorer.values.current + sign * (event.shiftKey ? 10 : 1) * control.step) });
  });

  // ---- in words and as a table

  const table = element("table", "sb-table");
  table.append(element("caption", "", "The closest unit of each kind"));
  const head = element("tr");
  for (const [text, more] of [["unit", ""], ["threshold", span.unit], ["width", span.unit], ["off by", "% of the largest rate"]]) {
    const cell = element("th", "", text, { scope: "col" });
    if (more) cell.append(element("span", "sb-meaning", more));
    head.append(cell);
  }
  const rows = kinds.map((kind) => {
    const line = element("tr");
    const cells = [element("td"), element("td"), element("td")];
    line.append(element("th", "", kind, { scope: "row" }), ...cells);
    return { line, cells };
  });
  const thead = element("thead"), tbody = element("tbody");
  thead.append(head);
  tbody.append(...rows.map(({ line }) => line));
  table.append(thead, tbody);

  const share = (error, most) => (most > 0 ? (100 * error) / most : 0);
  function write({ fits: all, most }) {
    const worst = Math.max(...all.map(({ error }) => error)) || 1;
    all.forEach(({ kind, theta, w, error }, k) => {
      const texts = [theta.toFixed(2), kind === "ReLU" ? "" : w.toFixed(2), share(error, most).toFixed(1)];
      rows[k].cells.forEach((cell, index) => reword(cell, texts[index].replace("-", "\u2212")));
      rows[k].cells[2].style.setProperty("--part", error / worst);
    });
  }

  function summary({ settings, rate, fits: all, most, spikes: times }) {
    if (!(most > 0)) return "The neuron is silent at every input shown.";
    const off = all.map(({ kind, error }) => `${kind} ${share(error, most).toFixed(1)} %`);
    const shown = `At ${tidy(settings.current, 3)} ${span.unit} it fires ${rate.toFixed(1)} Hz: ${times.length} spike${times.length === 1 ? "" : "s"} in this half second.`;
    return `Off by ${off.join(", ")} of ${tidy(most, 3)} Hz. ${shown}`;
  }

  return {
    elements: [stack],
    tools: [table],
    canvases: panels,
    compute,
    draw,
    summary,
    table: ({ settings }) => [
      { title: `I (${control.unit})`, values: arrays.I },
      { title: "rate (Hz)", values: arrays.rate },
      { title: `${settings.unit} (Hz)`, values: arrays[settings.unit] },
    ],
    arrays: (result) => ({
      ...Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()])),
      spike_times: result.spikes.slice(),
    }),
  };
}
