// The view of a phase plane: a neuron with a parabola, a straight line and a reset, started anywhere by hand, under a constant
// current and short pulses; and where it stands still at every current.
//
// The neuron's program is translated Python, and everything about the plane too.

import { element } from "./controls.js";
import { draggable, pointOf, pressable } from "./dragging.js";
import { tidy } from "./panel.js";
import { PLANE, Plane, phaseField, plain, pointsAt, recorded, recorder } from "./plane.js";
import { pulseTools } from "./pulses.js";

const hundredths = (value) => value.toFixed(2).replace("-", "\u2212");

export function phasePlane(explorer) {
  const { spec } = explorer;
  const { state: [v, u], units: [unitV], kinds, parameters, runs } = spec;
  const names = [...Object.values(runs), "add_ramp", ...PLANE, "current_at", "edges"];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();
  const control = (name) => spec.controls.find((one) => one.name === name);
  const input = control("current");

  // ---- computing

  const room = recorder([v, u]);

  // The current: constant, and short pulses on top of it. Python's `trace` says the same.
  const stimulus = ({ current, pulses, pulse_current: height }) => [
    [0, spec.forever, current, current],
    ...pulses.map((time) => [time, time + spec.pulse_width, height, height]),
  ];

  function compute(settings) {
    const converged = settings.scheme === "converged";
    const dt = converged ? spec.dt : Number(settings.scheme);
    const steps = Math.round(settings.duration / dt);
    const { samples, spikes, arrays } = room(steps, dt);
    for (const sample of samples) sample.fill(0);
    for (const part of stimulus(settings)) program.add_ramp(steps, dt, ...samples, ...part);
    arrays.current.set(samples[0]);
    arrays.current[steps] = samples[2][steps - 1];
    const [least, most] = spec.limits;
    if (!arrays.current.every((value) => least <= value && value <= most)) {
      throw new Error(`Together the inputs leave the range from ${least} to ${most}. Remove a pulse.`);
    }
    const values = parameters.map((name) => settings[name]);
    const start = [settings.v_start, settings.u_start];
    const run = program[converged ? runs.converged : runs.euler];
    const count = run(steps, dt, ...samples, ...start, ...values, spec.threshold, arrays[v], arrays[u], spikes);
    if (count < 0 || !Number.isFinite(arrays[v][steps])) {
      throw new Error("With these settings the neuron cannot be followed; move one of them back.");
    }
    const form = new Float64Array(8);
    program.coefficients(...values, form);
    const { current } = settings;
    const result = { settings, arrays, dt, steps, program, form, current, other: current, spikes: spikes.slice(0, count) };
    return { ...result, points: pointsAt(result, current), lost: lostAt(form) };
  }

  // Where rest is lost, in the order in which it happens as the input grows.
  function lostAt(form) {
    const found = new Float64Array(4);
    const count = program.edges(form, found);
    return ["saddle-node", "Andronov-Hopf"].slice(0, count).map((what, k) => ({ what, current: found[2 * k], at: found[2 * k + 1] })).reverse();
  }

  // ---- drawing

  const handle = pointOf(
    explorer,
    `Starting point in the plane. Left and right arrow change ${v}, up and down arrow ${u}; with Shift in larger steps.`,
    "v_start", "u_start",
  );
  const { field, plane, lines, draw: drawField, stable, shown } = phaseField(
    spec,
    input.unit,
    "The voltage and the current over time. Enter injects a pulse at the line, Delete removes all pulses.",
    ({ settings }, look) => {
      plane.dot(settings.v_start, settings.u_start, look, true, "input", 6);
      handle.style.transform = `translate(${plane.x(settings.v_start)}px, ${plane.canvas.offsetTop + plane.y(settings.u_start)}px)`;
    },
  );
  field.append(handle);
  const [traces] = lines.elements;

  const branch = new Plane({
    height: 112, phoneHeight: 96, base: [-80, -40], most: 2, showTime: true,
    title: [plain(`where it stands still: ${v} (${unitV}) against the current`)],
  });
  branch.across = [input.low, input.high];
  const diagram = element("div");
  diagram.append(branch.element);

  function draw(result, look) {
    if (drawField(result, look)) drawBranch(result, look);
  }

  function drawBranch({ form, settings, lost, points }, look) {
    const width = diagram.clientWidth;
    if (!width) return;
    branch.fit(width, width < 480);
    branch.draw([], 1, look);
    const [low, high] = branch.scale;
    branch.inside(() => {
      if (form[7] !== 0) {
        const half = 0.1;
        for (let x = low; x < high; x += 2 * half) {
          const ends = [x, x + 2 * half].map((value) => [program.current_at(form, value), value]);
          const kind = program.kind(form, x + half);
          branch.curve(ends, look, stable(kind) ? "V" : "muted", stable(kind) ? {} : { width: 1.2 });
        }
      }
      branch.curve(branch.scale.map((y) => [settings.current, y]), look, "input", { width: 1.5 });
      for (const { at } of points) branch.dot(settings.current, at[0], look, false, "input", 3.5);
      for (const { current, at } of lost) branch.dot(current, at, look, true, "Na", 4);
    });
    lost.forEach(({ what, current, at }, k) => {
      if (current < input.low || current > input.high) return;
      const above = lost.length - 1 - k ? 1 : -1;
      branch.write(`${what} ${hundredths(current)}`, branch.x(current) + 9, branch.y(at) + 9 * above, look, "Na");
    });
  }

  // ---- by hand and by key

  const snapped = ({ low, high, step }, value) => Number(Math.min(high, Math.max(low, Math.round(value / step) * step)).toFixed(6));
  function startAt(event) {
    const box = plane.canvas.getBoundingClientRect();
    explorer.apply({
      v_start: snapped(control("v_start"), plane.valueAcross(event.clientX - box.left)),
      u_start: snapped(control("u_start"), plane.value(event.clientY - box.top)),
    });
  }
  // The point can be dragged, by touch too; elsewhere a finger scrolls, and a tap or click starts there.
  draggable(handle, startAt);
  plane.canvas.addEventListener("click", startAt);
  handle.addEventListener("keydown", (event) => {
    const [name, way] = { ArrowLeft: ["v_start", -1], ArrowRight: ["v_start", 1], ArrowDown: ["u_start", -1], ArrowUp: ["u_start", 1] }[event.key] ?? [];
    if (!name) return;
    event.preventDefault();
    explorer.apply({ [name]: snapped(control(name), explorer.values[name] + way * (event.shiftKey ? 10 : 1) * control(name).step) });
  });

  const { row, inject, clear } = pulseTools(explorer);
  const timeOf = (event) => {
    const time = lines.panels[0].time(event.clientX - traces.getBoundingClientRect().left);
    return Math.min(shown().settings.duration, Math.max(0, time));
  };
  traces.addEventListener("click", (event) => shown() && inject(timeOf(event)));
  traces.addEventListener("keydown", (event) => {
    if (event.key === "Enter") inject(lines.at() ?? shown().settings.duration / 2);
    else if (event.key === "Delete" || event.key === "Backspace") clear();
    else return;
    event.preventDefault();
  });

  // The current is dragged in the diagram too.
  const setInput = (event) => explorer.set("current", snapped(input, branch.valueAcross(event.clientX - branch.canvas.getBoundingClientRect().left)));
  pressable(branch.canvas, setInput);

  // ---- in words and as a table

  function summary({ settings, spikes, points, lost }) {
    const apart = spikes.length > 1 ? `, the last two ${tidy(spikes[spikes.length - 1] - spikes[spikes.length - 2], 3)} ms apart` : "";
    const fired = spikes.length ? `${spikes.length} spike${spikes.length > 1 ? "s" : ""} in ${settings.duration} ms, the first at ${spikes[0].toFixed(1)}${apart}` : "No spike";
    const still = points.length ? points.map(({ at, kind }) => `${kinds[kind]} at ${v} = ${tidy(at[0], 3)}`).join(", ") : "no fixed point";
    const [first, then] = lost;
    const edge = !first ? "" : ` Rest is lost at a current of ${hundredths(first.current)} (${first.what})${then ? `; the fixed points meet at ${hundredths(then.current)} (${then.what})` : ""}.`;
    return `${fired}. ${still[0].toUpperCase()}${still.slice(1)}.${edge}`;
  }

  return {
    elements: [field, ...lines.elements],
    tools: [row, diagram],
    canvases: [plane, ...lines.panels, branch],
    compute,
    draw,
    summary,
    table: ({ arrays }) => lines.table(arrays),
    arrays: (result) => ({ ...recorded(result), rest_is_lost: Float64Array.from(result.lost, ({ current }) => current) }),
  };
}
