// The view of a network that lives in the page: its raster is written from left to right and then over again, as on a
// monitor, so that nothing flashes; beneath it rates, one neuron's voltage and the spectrum. The network is translated Python.

import { button, element, reword } from "./controls.js";
import { MARGIN, Panel, tidy } from "./panel.js";
import { stroke } from "./timelines.js";

const BUDGET = 8; // ms of computing in each frame
const LONGEST_FRAME = 100; // ms of the network's time that a frame makes up for
const BIN = 5; // ms over which rates are averaged
const EMPTY_AHEAD = 16; // px that are empty before the pen
const SEGMENTS = 8; // of which the spectrum is the mean
const FOOT = -45; // mV, from where the spikes of a reset are drawn
const SPIKE_END = 30;
const FAINTEST = -2.5; // exponents of ten that the spectrum shows at least
const LOUDEST = 1;

// Powers of ten, by their exponents.
class Powers extends Panel {
  get marks() {
    return [-2, -1, 0, 1, 2, 3, 4].filter((mark) => mark >= this.scale[0] && mark <= this.scale[1]);
  }
  written(mark) {
    return tidy(10 ** mark);
  }
}

export function network(explorer) {
  const { spec } = explorer;
  const { n, duration: page, highest } = spec;
  const names = ["sow", "draw_network", "set_kinds", "begin", "advance", "spectrum"];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();

  // ---- the network: `drawn` is what a seed gives, a `Life` what runs on it

  const drawn = { seed: null, state: new Float64Array(6), r: new Float64Array(n), weights: new Float64Array(n * n) };
  function drawFor(seed) {
    if (drawn.seed === seed) return;
    program.sow(seed, drawn.state);
    program.draw_network(n, drawn.state, drawn.r, drawn.weights);
    drawn.seed = seed;
  }

  class Life {
    constructor() {
      for (const name of ["a", "b", "c", "d", "v", "u", "I", "noise", "ids"]) this[name] = new Float64Array(n);
      this.counts = [new Float64Array(page), new Float64Array(page)]; // spikes of E and of I, a ring of the last page
      this.fired = Array.from({ length: page }, () => new Uint16Array(0));
      this.voltages = new Float64Array(page * n);
    }

    restart(settings) {
      drawFor(settings.seed);
      this.state = drawn.state.slice();
      this.set(settings);
      program.begin(n, this.b, this.v, this.u, this.I);
      this.t = 0;
    }

    set(settings) {
      this.settings = settings;
      this.n_E = n - settings.n_inhibitory;
      program.set_kinds(n, this.n_E, drawn.r, this.a, this.b, this.c, this.d);
    }

    step() {
      const { excitation, inhibition, thalamic_E, thalamic_I } = this.settings;
      const spikes = program.advance(
        n, this.n_E, excitation, inhibition, thalamic_E, thalamic_I, this.a, this.b, this.c, this.d, drawn.weights,
        this.v, this.u, this.I, this.noise, this.state, this.ids,
      );
      if (spikes < 0) throw new Error(`At ${this.t} ms ${spec.too_strong}. Lower them, or restart.`);
      const at = this.t % page;
      const ids = Uint16Array.from(this.ids.subarray(0, spikes));
      let excitatory = 0;
      while (excitatory < spikes && ids[excitatory] < this.n_E) excitatory++;
      this.counts[0][at] = excitatory;
      this.counts[1][at] = spikes - excitatory;
      this.fired[at] = ids;
      this.voltages.set(this.v, at * n);
      this.t++;
    }
  }

  const life = new Life();
  const all = new Float64Array(page), windowed = new Float64Array(page);
  function spectrumOf(one) {
    const power = new Float64Array(highest + 1);
    for (let i = 0; i < page; i++) all[i] = one.counts[0][i] + one.counts[1][i];
    program.spectrum(page, one.t % page, all, n, highest, windowed, power);
    return power.slice(1);
  }

  // ---- time: the first page as fast as it goes, then at the chosen pace

  let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let shown = 0; // up to which ms the pictures are drawn
  let changedAt = 0; // ms of the network's time at which a setting was changed
  let said = true; // whether the summary was renewed since
  let asked = false; // whether the reader has changed anything: what comes by itself is not announced
  let due = 0; // parts of ms that a slow pace has not yet made up
  let powers = []; // of the segments since the last change
  let spent = 0, done = 0; // ms of computing and of the network's time, for the speed
  let frame = 0, before = 0;

  function advance(most, budget) {
    const start = performance.now();
    const from = life.t;
    while (life.t - from < most && (life.t === from || performance.now() - start < budget)) {
      life.step();
      if (life.t >= page && life.t % (page / 4) === 0) listen();
    }
    spent += performance.now() - start;
    done += life.t - from;
  }

  // The spectrum of the last second; once a change is longer ago than that, the mean of such seconds, which overlap by half.
  function listen() {
    if (life.t - changedAt <= page) powers = [spectrumOf(life)];
    else if (life.t % (page / 2) === 0) powers = [...powers, spectrumOf(life)].slice(-SEGMENTS);
  }

  function tick(time) {
    frame = 0;
    if (!explorer.visible || !explorer.root.isConnected) return;
    const gone = Math.min(LONGEST_FRAME, Math.max(0, time - before));
    before = time;
    try {
      if (life.t < page) advance(page - life.t, BUDGET);
      else if (playing) {
        due = Math.min(LONGEST_FRAME, due + gone * Number(life.settings.pace));
        const whole = Math.floor(due);
        due -= whole;
        if (whole) advance(whole, BUDGET);
      }
    } catch (error) {
      playing = false;
      label();
      explorer.say(error.message);
      return;
    }
    explorer.redraw();
    if (!said && !settling()) {
      said = true;
      explorer.summarize(summary(), !asked);
    }
    keep();
  }

  function keep() {
    if (!frame && (playing || life.t < page)) frame = requestAnimationFrame(tick);
  }

  function restart(settings) {
    life.restart(settings);
    [shown, changedAt, due, powers] = [0, 0, 0, []];
  }

  function compute(settings) {
    asked = Boolean(life.settings);
    const fresh = !life.settings || settings.seed !== life.settings.seed || (!playing && changes(settings));
    if (fresh) restart(settings);
    else if (changes(settings)) {
      life.set(settings);
      changedAt = life.t;
    } else life.settings = settings;
    if (fresh || playing) advance(fresh ? page : 1, BUDGET / 2);
    said = false;
    before = performance.now();
    keep();
    return life;
  }

  const settling = () => life.t - changedAt < page;
  const changes = (settings) =>
    ["excitation", "inhibition", "thalamic_E", "thalamic_I", "n_inhibitory"].some((name) => settings[name] !== life.settings[name]);

  // ---- pictures

  const key = (text, colour) => {
    const node = element("span", "sb-key", text);
    node.style.setProperty("--key", `var(--sb-${colour})`);
    return node;
  };
  const name = (text) => element("span", "sb-panel-name", text);
  const who = name("");
  const raster = new Panel({ height: 210, phoneHeight: 140, base: [0, n], title: [name("neuron"), key("excitatory", "E"), key("inhibitory", "I")] });
  Object.defineProperty(raster, "marks", { value: [] }); // its rules would be wiped off with the spikes
  const rates = new Panel({ height: 70, phoneHeight: 46, base: [0, 60], most: 2, title: [name(`rate (Hz), over ${BIN} ms`)] });
  const voltage = new Panel({ height: 70, phoneHeight: 46, base: [-90, 30], most: 2, showTime: true, title: [who] });
  const power = new Powers({
    height: 160, phoneHeight: 110, base: [FAINTEST, LOUDEST], showTime: true, unit: "Hz",
    title: [name("power of all neurons' rate (Hz)"), key("network", "V"), key("independent Poisson neurons", "muted")],
  });
  power.caption.lastChild.classList.add("sb-dashed");
  const panels = [raster, rates, voltage, power];
  const stack = element("div", "sb-panels sb-tall", "", { role: "img", "aria-label": "Raster of the spikes of a thousand neurons, their rates, the voltage of one, and the spectrum." });
  stack.append(...panels.map((panel) => panel.element));
  const reading = element("p", "sb-reading", "\u00a0", { "aria-live": "off" });

  // Columns of the raster from one ms to another, on what is empty.
  function dots(look, from, to) {
    const g = raster.context;
    const { top, bottom } = raster.inner;
    const height = Math.max(1.2, (bottom - top) / 150);
    for (let i = from; i < to; i++) {
      const x = raster.x(i % page);
      for (const id of life.fired[i % page]) {
        g.fillStyle = id < life.n_E ? look.E : look.I;
        g.fillRect(x, raster.y(id + 1), 1.3, height);
      }
    }
  }

  function clear(panel, from, to) {
    const { top, bottom, left, right } = panel.inner;
    const width = panel.x(to) - panel.x(from);
    const x = Math.max(left, panel.x(from));
    panel.context.clearRect(x, top - 5, Math.min(width, right + 1 - x), bottom - top + 8);
  }

  function ahead(panel) {
    if (life.t <= page) return;
    const at = life.t % page;
    clear(panel, at, at + (EMPTY_AHEAD * page) / (panel.inner.right - panel.inner.left));
  }

  function frameOf(look) {
    raster.draw([], page, look);
    const g = raster.context;
    g.fillStyle = look.muted;
    g.textAlign = "right";
    for (const id of [0, n / 2, n]) g.fillText(tidy(id), raster.inner.left - 10, raster.y(id));
  }

  const binned = [new Float64Array(page), new Float64Array(page)];
  function drawRates(look) {
    const sizes = [life.n_E, n - life.n_E];
    const last = Math.min(life.t, page);
    binned.forEach((values, kind) => {
      for (let i = 0; i < page; i += BIN) {
        let sum = 0;
        for (let k = i; k < i + BIN; k++) sum += life.counts[kind][k];
        values.fill((1000 * sum) / (BIN * sizes[kind]), i, i + BIN);
      }
    });
    const lines = binned.map((values, kind) => ({ values: values.map((x, i) => (i < last ? x : NaN)), colour: kind ? "I" : "E", dash: [] }));
    rates.draw(lines.reverse(), page, look); // excitatory neurons, of which there are more, on top
    ahead(rates);
  }

  const traced = new Float64Array(page);
  function drawVoltage(look) {
    const { neuron } = explorer.values;
    reword(who, `v of neuron ${neuron} (mV), ${neuron < life.n_E ? "excitatory" : "inhibitory"}`);
    for (let i = 0; i < page; i++) traced[i] = i < life.t ? life.voltages[i * n + neuron] : NaN;
    voltage.draw([{ values: traced, colour: "V", dash: [] }], page, look);
    for (let i = 0; i < Math.min(page, life.t); i++) {
      if (life.fired[i].includes(neuron)) stroke(voltage, look, "V", voltage.x(i), voltage.y(FOOT), voltage.x(i), voltage.y(SPIKE_END), { width: 1.6 });
    }
    ahead(voltage);
  }

  const mean = (values) => {
    let sum = 0;
    for (const value of values) sum += value;
    return sum / values.length;
  };
  function drawPower(look) {
    const values = Float64Array.from({ length: highest }, (_, f) => Math.log10(Math.max(1e-9, mean(powers.map((one) => one[f])))));
    const lines = powers.length ? [{ values: Float64Array.from(values, (x) => Math.max(FAINTEST, x)), colour: "V", dash: [] }] : [];
    // The axis grows with the spectrum at once, and shrinks only by decades that stay empty when a change is a page ago.
    const decades = (room) => Math.max(LOUDEST, Math.ceil(Math.max(...values) + room));
    if (!powers.length) power.base = [FAINTEST, LOUDEST];
    else if (life.t - changedAt > page) power.base = [FAINTEST, Math.min(power.base[1], decades(0.3))];
    if (powers.length) power.base = [FAINTEST, Math.max(power.base[1], decades(0))];
    power.draw(lines, highest, look);
    const { left, right } = power.inner;
    const chance = Math.log10((2 * (rate(0) * life.n_E + rate(1) * (n - life.n_E))) / n / n);
    if (chance > FAINTEST) stroke(power, look, "muted", left, power.y(chance), right, power.y(chance), { dash: [4, 3] });
  }

  // A row of the raster beside the neuron that is drawn.
  const pointer = element("div", "sb-neuron", "", { "aria-hidden": "true" });
  stack.append(pointer);
  function mark() {
    pointer.style.transform = `translate(${MARGIN.left - 8}px, ${raster.canvas.offsetTop + raster.y(explorer.values.neuron) - 5}px)`;
  }

  let drawnLook = null;
  function draw(_, look) {
    const width = stack.clientWidth;
    if (!width) return;
    const sizes = panels.map((panel) => panel.canvas.width);
    for (const panel of panels) panel.fit(width, width < 480);
    const whole = look !== drawnLook || panels.some((panel, k) => panel.canvas.width !== sizes[k]) || !raster.scale;
    drawnLook = look;
    if (whole) {
      frameOf(look);
      dots(look, Math.max(0, life.t - page), life.t);
    } else if (life.t > shown) {
      for (const [from, to] of pieces(Math.max(shown, life.t - page), life.t)) clear(raster, from, to);
      dots(look, Math.max(shown, life.t - page), life.t);
    }
    ahead(raster);
    shown = life.t;
    drawRates(look);
    drawVoltage(look);
    drawPower(look);
    mark();
    const speed = done / Math.max(spent, 1e-3);
    reword(reading, `${(life.t / 1000).toFixed(1)} s of the network; this machine computes it ${tidy(speed, 2)} times as fast as life`);
  }

  // From one ms to another, as columns of the page: in two pieces where the pen starts over.
  function pieces(from, to) {
    const start = from % page;
    const length = to - from;
    return start + length <= page ? [[start, start + length]] : [[start, page], [0, start + length - page]];
  }

  raster.canvas.addEventListener("click", (event) => {
    const box = raster.canvas.getBoundingClientRect();
    const neuron = Math.round(raster.value(event.clientY - box.top)) - 1;
    explorer.set("neuron", Math.min(n - 1, Math.max(0, neuron)));
  });

  // ---- buttons, words, tables

  const play = button("", "", () => {
    playing = !playing;
    before = performance.now();
    label();
    if (!playing) explorer.summarize(summary());
    keep();
  });
  function label() {
    play.textContent = playing ? "Pause" : "Play";
    play.title = playing ? "Hold the network still" : "Let the network run on";
  }
  label();
  const tools = element("div", "sb-tools");
  tools.append(play, button("Restart", "Begin again from the seed", () => {
    restart(life.settings);
    [said, asked] = [false, true];
    keep();
  }));

  // Rate (Hz) of the excitatory (0) or inhibitory (1) neurons over the page.
  function rate(kind) {
    const until = Math.min(life.t, page);
    return (1000 * mean(life.counts[kind].subarray(0, until))) / (kind ? n - life.n_E : life.n_E);
  }
  function summary() {
    const ms = Math.min(life.t, page);
    const rhythm = powers.length ? strongest() : "";
    return `${ms < page ? `In the first ${ms} ms` : "In the last second"}: excitatory ${rate(0).toFixed(2)} Hz, inhibitory ${rate(1).toFixed(2)} Hz.${rhythm}`;
  }
  function strongest() {
    let best = 2;
    for (let f = 3; f < highest; f++) if (mean(powers.map((one) => one[f])) > mean(powers.map((one) => one[best]))) best = f;
    return ` Most power near ${best + 1} Hz.`;
  }

  // One second from the seed, apart from what runs in the picture; Python's `trace()` does the same.
  let other = null;
  function arrays() {
    const settings = { ...spec.fixed, ...explorer.values };
    other ??= new Life();
    other.restart(settings);
    while (other.t < page) other.step();
    const times = [], ids = [];
    other.fired.forEach((each, i) => each.forEach((id) => (times.push(i + 1), ids.push(id))));
    return {
      t: Float64Array.from({ length: page }, (_, i) => i + 1),
      spikes_E: other.counts[0].slice(),
      spikes_I: other.counts[1].slice(),
      spike_times: Float64Array.from(times),
      spike_ids: Float64Array.from(ids),
      v: Float64Array.from({ length: page }, (_, i) => other.voltages[i * n + settings.neuron]),
      power: spectrumOf(other),
    };
  }

  function table() {
    const { t, spikes_E, spikes_I, v } = arrays();
    return [
      { title: "t (ms)", values: t },
      { title: "spikes of excitatory neurons", values: spikes_E },
      { title: "spikes of inhibitory neurons", values: spikes_I },
      { title: "v (mV)", values: v },
    ];
  }

  return { elements: [stack, reading], tools: [tools], canvases: panels, compute, draw, settling, summary, table, arrays, wake: keep };
}
