// The view of reverse correlation: a picture of the noise, the average before a spike, the true field, and how like the two are
// as the experiment goes on. Noise, cell and average are translated Python.

import { element } from "./controls.js";
import { Panel, tidy } from "./panel.js";

export function noiseExperiment(explorer) {
  const { spec } = explorer;
  const { codes, pixels, most } = spec;
  const names = ["sow", "make_filters", "draw_noise", "fire", "average"];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();
  const area = pixels * pixels;

  // ---- computing: noise once for each seed, spikes once for each cell, and both only as far as they are asked for

  const store = { stimulus: null, counts: new Float64Array(most), correlation: new Float64Array(most), sta: new Float64Array(area), filters: new Float64Array(2 * area) };
  const noise = { key: null, shown: 0, state: new Float64Array(6) };
  const spikes = { key: null, shown: 0, state: new Float64Array(6) };
  function start(one, key, seed) {
    if (one.key === key) return false;
    Object.assign(one, { key, shown: 0 });
    program.sow(seed, one.state);
    return true;
  }

  function compute(settings) {
    const { cell, frames, mean, angle, seed } = settings;
    store.stimulus ??= new Float64Array(most * area);
    const { stimulus, counts, filters, sta, correlation } = store;
    start(noise, seed, seed);
    if (noise.shown < frames) {
      program.draw_noise(noise.shown, frames, noise.state, stimulus);
      noise.shown = frames;
    }
    if (start(spikes, [cell, mean, angle, seed].join(), seed + spec.spikes)) program.make_filters(codes[cell], angle, filters);
    if (spikes.shown < frames) {
      program.fire(codes[cell], filters, mean, spikes.shown, frames, spikes.state, stimulus, counts);
      spikes.shown = frames;
    }
    const number = program.average(filters, frames, stimulus, counts, sta, correlation);
    return { settings, number, frames };
  }

  // ---- drawing

  const square = (text) => {
    const one = { canvas: element("canvas"), caption: element("div", "sb-panel-caption", text) };
    const holder = element("div", "sb-picture");
    holder.append(one.caption, one.canvas);
    return Object.assign(one, { holder, get width() { return one.canvas.clientWidth; } });
  };
  const shown = square("the last picture"), average = square("average before a spike"), truth = square("the true field");
  const row = element("div", "sb-pictures");
  row.append(shown.holder, average.holder, truth.holder);
  const likeness = new Panel({
    height: 110, phoneHeight: 84, base: [0, 1], most: 2, showTime: true, unit: "s",
    title: [element("span", "sb-panel-name", "correlation of the average with the true field")],
  });
  const stack = element("div", "sb-panels");
  stack.append(row, likeness.element);

  const parts = (colour) => [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
  // Light pixels in one colour, dark ones in the other, the page's own between.
  function paint({ canvas }, values, begin, top, look) {
    const scale = Math.max(1, Math.round((canvas.clientWidth * Math.min(window.devicePixelRatio || 1, 2)) / pixels));
    if (canvas.width !== scale * pixels) canvas.width = canvas.height = scale * pixels;
    const g = canvas.getContext("2d");
    const [middle, light, dark] = [look.paper, look.E, look.I].map(parts);
    for (let k = 0; k < area; k++) {
      const value = Math.max(-1, Math.min(1, values[begin + k] / top));
      const end = value > 0 ? light : dark;
      g.fillStyle = `rgb(${middle.map((one, i) => Math.round(one + Math.abs(value) * (end[i] - one))).join(" ")})`;
      g.fillRect((k % pixels) * scale, Math.floor(k / pixels) * scale, scale, scale);
    }
  }

  function draw({ frames }, look) {
    const wide = stack.clientWidth;
    if (!wide) return;
    const { stimulus, filters, sta, correlation } = store;
    let top = 0;
    for (let k = 0; k < area; k++) top = Math.max(top, Math.abs(filters[k]));
    paint(shown, stimulus, (frames - 1) * area, 2.5, look);
    paint(average, sta, 0, spec.gain * top, look);
    paint(truth, filters, 0, top, look);
    likeness.fit(wide, wide < 480);
    likeness.draw([{ values: correlation.subarray(0, frames), colour: "V", dash: [] }], (frames * spec.frame) / 1000, look);
  }

  // ---- in words and as a table

  function summary({ number, frames, settings }) {
    const time = tidy((frames * spec.frame) / 1000, 3);
    const like = number ? store.correlation[frames - 1].toFixed(2).replace("-", "\u2212") : "none";
    const control = settings.cell === "complex" ? " A complex cell’s average stays near nothing, however long you wait." : "";
    return `${number} spikes in ${frames} pictures (${time} s). Correlation with the true field: ${like}.${control}`;
  }
  const t = Float64Array.from({ length: most }, (_, k) => k * spec.frame);
  const arrays = ({ frames }) => ({
    t: t.slice(0, frames), counts: store.counts.slice(0, frames), correlation: store.correlation.slice(0, frames),
    sta: store.sta.slice(), filter: store.filters.slice(0, area),
  });
  function table(result) {
    const { t: time, counts, correlation } = arrays(result);
    return [{ title: "t (ms)", values: time }, { title: "spikes", values: counts }, { title: "correlation", values: correlation }];
  }
  return { elements: [stack], canvases: [average, truth, likeness], compute, draw, summary, table, arrays };
}
