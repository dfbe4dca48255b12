// The view of a composed spike train: its first seconds as a raster, the rate over a second, and what is counted and measured
// in all of them, beside what theory expects.
//
// The train, its statistics and the theory are translated Python.

import { clicks } from "./clicks.js";
import { element, reword } from "./controls.js";
import { Panel, tidy } from "./panel.js";

const SHOWN = 20; // rows of the raster
const LONG = 100; // ms: the theory of the Fano factor is one of long windows, from here on

class Plot extends Panel {
  get inner() {
    return { ...super.inner, left: this.margin ?? super.inner.left };
  }

  // Axes for x from 0 to `end` and y from 0 up to `top`, widened in nice steps.
  begin(end, top, look) {
    this.base = [0, this.nice(top)];
    this.draw([], end, look);
  }

  nice(top) {
    const power = 10 ** Math.floor(Math.log10(top));
    return [1, 1.2, 1.6, 2, 3, 4, 6, 8, 10].find((factor) => factor * power >= top * (1 - 1e-9)) * power;
  }

  bars(values, width, colour) {
    const g = this.context;
    g.fillStyle = colour;
    const bottom = this.y(0);
    values.forEach((value, k) => {
      const [from, to] = [this.x(k * width), this.x((k + 1) * width)];
      if (value > 0) g.fillRect(from, this.y(value), Math.max(1, to - from - (to - from > 4 ? 1 : 0)), bottom - this.y(value));
    });
  }

  line(points, colour, dash = []) {
    const g = this.context;
    g.strokeStyle = colour;
    g.lineWidth = 1.6;
    g.setLineDash(dash);
    g.beginPath();
    for (const [x, y] of points) g.lineTo(this.x(x), this.y(y));
    g.stroke();
    g.setLineDash([]);
  }
}

// The window of a Fano factor, from the shortest to the longest, on a logarithmic axis.
class Windows extends Plot {
  x(window) {
    const { left, right } = this.inner;
    const [first, last] = this.span;
    return left + 8 + ((right - left - 12) * Math.log(window / first)) / Math.log(last / first);
  }

  drawTime(look) {
    const g = this.context;
    g.fillStyle = look.muted;
    g.textBaseline = "top";
    g.textAlign = "center";
    for (const tick of this.width < 200 ? [10, 1000] : [10, 100, 1000]) g.fillText(tick === 1000 ? "1 s" : `${tick} ms`, Math.min(this.x(tick), this.inner.right - 8), this.inner.bottom + 7);
  }
}

export function composer(explorer) {
  const { spec } = explorer;
  const { row, lags, bins, windows, most_rows: most, most_spikes: room } = spec;
  const names = [
    "sow", "draw_gains", "compose_train", "sort_intervals", "correlate", "cv_of", "serial_correlation", "fano_of", "count_rows",
    "rate_over", "poisson_share", "interval_share", "expected_cv", "expected_fano",
  ];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();

  // ---- computing

  const state = new Float64Array(6);
  const times = new Float64Array(room), gains = new Float64Array(most), counts = new Float64Array(most);
  const intervals = new Float64Array(lags), rates = new Float64Array(lags), psth = new Float64Array(bins);
  const fano = new Float64Array(windows.length);
  const places = [0, 1, 2].map(() => new Float64Array(row / windows[0]));

  function compute(settings) {
    const { rate, order, burst, t_ref, swing, spread, rows, seed } = settings;
    program.sow(seed + spec.gains, state);
    program.draw_gains(rows, spread, state, gains);
    program.sow(seed, state);
    const n = program.compose_train(rows, rate, order, burst, t_ref, swing, gains, state, times);
    const width = 1000 / rate / spec.per_interval;
    program.sort_intervals(n, times, width, intervals);
    program.correlate(n, times, rows, width, rates);
    program.count_rows(n, times, rows, counts, psth);
    windows.forEach((window, k) => (fano[k] = program.fano_of(n, times, rows, window, ...places)));
    const cv = program.cv_of(n, times), serial = program.serial_correlation(n, times);
    const below = (...of) => Float64Array.from({ length: lags + 1 }, (_, k) => program.interval_share(k * width, ...of));
    const how = [rate, order, burst, t_ref, spread];
    const expected = swing > 0 ? null : {
      cv: program.expected_cv(...how),
      fano: windows.map((window) => program.expected_fano(window, ...how)),
      below: below(...how),
    };
    return { settings, n, rows, width, cv, serial, expected, poisson: below(rate, 1, 1, 0, 0) };
  }

  // ---- drawing

  const name = (text) => element("span", "sb-panel-name", text);
  const key = (text, colour, dashed = false) => {
    const node = element("span", dashed ? "sb-key sb-dashed" : "sb-key", text);
    node.style.setProperty("--key", `var(--sb-${colour})`);
    return node;
  };
  const silent = (panel) => Object.defineProperty(panel, "marks", { value: [] });
  const heading = name("");
  const raster = silent(new Plot({ height: 140, phoneHeight: 90, base: [0, SHOWN], title: [heading] }));
  const course = new Plot({ height: 46, phoneHeight: 36, base: [0, 1], most: 2, showTime: true, title: [name("rate over the second, all rows (Hz)")] });
  const small = { height: 92, phoneHeight: 66, base: [0, 1], most: 2, showTime: true };
  const gaps = new Plot({ ...small, title: [name("intervals (% each)")] });
  const after = new Plot({ ...small, title: [name("after a spike (Hz)")] });
  const tally = new Plot({ ...small, unit: "", title: [name("counts in 1 s (rows)")] });
  const spans = Object.assign(new Windows({ ...small, title: [name("Fano, by window")] }), { span: [windows[0], windows.at(-1)] });
  const plots = [gaps, tally, after, spans];
  const legend = element("div", "sb-panel-caption");
  legend.append(key("measured", "V"), key("theory", "accent"), key("Poisson, same rate", "muted", true));
  const grid = element("div", "sb-grid");
  grid.append(...plots.map(({ element: one }) => one));
  const stack = element("div", "sb-panels sb-still sb-tall");
  const dot = element("div", "sb-dot", "", { hidden: "" });
  stack.append(raster.element, course.element, legend, grid, dot);

  function draw(result, look) {
    const wide = stack.clientWidth;
    if (!wide) return;
    const narrow = wide < 480;
    for (const panel of [raster, course]) panel.fit(wide, narrow);
    for (const panel of plots) {
      panel.margin = narrow ? 30 : 38;
      panel.fit(panel.element.clientWidth, narrow);
    }
    drawRows(result, look);
    drawIntervals(result, look);
    drawCounts(result, look);
    drawFano(result, look);
    fill(result);
  }

  function drawRows({ settings, n, rows }, look) {
    const { rate, burst, t_ref, swing } = settings;
    reword(heading, `spikes: each row is a second, ${Math.min(SHOWN, rows)} of ${rows}`);
    raster.base = [0, SHOWN];
    raster.draw([], row, look);
    const g = raster.context;
    const { top, bottom } = raster.inner;
    const each = (bottom - top) / SHOWN;
    g.fillStyle = look.V;
    for (let i = 0; i < n && times[i] < SHOWN * row; i++) {
      const k = Math.floor(times[i] / row);
      g.fillRect(Math.round(raster.x(times[i] - k * row)) - 0.5, top + k * each + 0.5, 1.5, each - 1);
    }
    const expected = Array.from({ length: bins + 1 }, (_, k) => [(k * row) / bins, program.rate_over((k * row) / bins, rate, burst, t_ref, swing)]);
    course.begin(row, Math.max(...psth, ...expected.map(([, y]) => y)), look);
    course.bars(psth, row / bins, look.ghost);
    course.line(expected, look.accent);
  }

  function drawIntervals({ settings, width, expected, poisson }, look) {
    const { rate } = settings;
    const below = expected?.below;
    const share = intervals.map((part) => 100 * part);
    const chance = Array.from({ length: lags }, (_, k) => [(k + 0.5) * width, 100 * (poisson[k + 1] - poisson[k])]);
    const theory = [];
    if (below) for (let k = 0; k < lags; k++) {
      const part = 100 * (below[k + 1] - below[k]);
      theory.push([k * width, part], [(k + 1) * width, part]);
    }
    gaps.begin(lags * width, Math.max(6, ...share, ...theory.map(([, y]) => y)), look);
    gaps.bars(share, width, look.ghost);
    gaps.line(chance, look.muted, [4, 3]);
    gaps.line(theory, look.accent);
    after.begin(lags * width, Math.max(1.6 * rate, ...rates), look);
    after.bars(rates, width, look.ghost);
    after.line([[0, rate], [lags * width, rate]], look.muted, [4, 3]);
  }

  function drawCounts({ settings, rows }, look) {
    const { rate } = settings;
    const end = Math.ceil(2.2 * rate) + 6;
    const step = Math.ceil(end / 60);
    const found = new Float64Array(Math.ceil(end / step));
    for (let k = 0; k < rows; k++) if (counts[k] < found.length * step) found[Math.floor(counts[k] / step)]++;
    const chance = Array.from({ length: found.length * step }, (_, k) => [k + 0.5, rows * step * program.poisson_share(k, rate)]);
    tally.begin(found.length * step, Math.max(...found, ...chance.map(([, y]) => y)), look);
    tally.bars(found, step, look.ghost);
    tally.line(chance, look.muted, [4, 3]);
  }

  function drawFano({ expected }, look) {
    const theory = expected ? windows.map((window, k) => [window, expected.fano[k]]).filter(([window]) => window >= LONG) : [];
    spans.begin(windows.at(-1), Math.max(1.2, ...fano, ...theory.map(([, F]) => F)), look);
    spans.line([[windows[0], 1], [windows.at(-1), 1]], look.muted, [4, 3]);
    if (expected) spans.line(theory, look.accent);
    const points = windows.map((window, k) => [window, fano[k]]);
    spans.line(points, look.V);
    spans.context.fillStyle = look.V;
    for (const [x, y] of points) spans.context.fillRect(spans.x(x) - 2, spans.y(y) - 2, 4, 4);
  }

  // ---- measured beside theory

  const table = element("table", "sb-table");
  const lines = ["rate (Hz)", "CV of the intervals", "CV²", "Fano factor of a second", "correlation of neighbours"].map((text) => {
    const line = element("tr");
    const cells = [element("td"), element("td")];
    line.append(element("th", "", text, { scope: "row" }), ...cells);
    return { line, cells };
  });
  const top = element("tr");
  for (const text of ["", "measured", "theory"]) top.append(element(text ? "th" : "td", "", text, text ? { scope: "col" } : {}));
  const head = element("thead"), body = element("tbody");
  head.append(top);
  body.append(...lines.map(({ line }) => line));
  table.append(head, body);

  const plain = (value) => value.toFixed(2).replace("-", "\u2212").replace(/^\u2212(0\.00)$/, "$1");
  function fill({ settings, n, rows, cv, serial, expected }) {
    const { rate, burst, swing, spread } = settings;
    const renewal = burst === 1 && !swing && !spread;
    const values = [
      [n / rows, swing || spread ? null : rate], [cv, expected?.cv], [cv * cv, expected && expected.cv ** 2],
      [fano.at(-1), expected?.fano.at(-1)], [serial, renewal ? 0 : null],
    ];
    values.forEach((pair, k) => pair.forEach((value, j) => reword(lines[k].cells[j], value == null ? "\u2013" : plain(value))));
  }

  // ---- sound: the rows one after another, with a dot that runs along

  const sound = clicks(explorer, (from, to) => {
    const { rows, n } = explorer.result;
    const length = (rows * row) / 1000;
    const lap = length * Math.floor(from / length);
    const found = [];
    for (let i = 0; i < n; i++) {
      const at = lap + times[i] / 1000;
      if (at >= from && at < to) found.push(at);
    }
    return found;
  }, follow);
  function follow(on) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = () => {
      const { now } = sound;
      dot.hidden = now === null || !explorer.result;
      if (dot.hidden) return;
      const t = (now * 1000) % (Math.min(SHOWN, explorer.result.rows) * row);
      const { top: above, bottom } = raster.inner;
      const y = above + ((Math.floor(t / row) + 0.5) * (bottom - above)) / SHOWN + raster.canvas.offsetTop;
      dot.style.transform = `translate(${raster.x(t % row)}px, ${y}px)`;
      requestAnimationFrame(step);
    };
    if (on && !still) requestAnimationFrame(step);
  }
  const tools = element("div", "sb-tools");
  tools.append(sound.listen);

  // ---- in words and as a table

  function summary({ n, rows, cv }) {
    const F = fano.at(-1);
    return `${n} spikes in ${rows} s: ${tidy(n / rows, 3)} Hz. CV ${plain(cv)}, its square ${plain(cv * cv)}; Fano factor of a second ${plain(F)}.`;
  }
  const arrays = ({ n, rows, cv, serial }) => ({
    t: Float64Array.from({ length: rows }, (_, k) => k * row),
    counts: counts.slice(0, rows), spike_times: times.slice(0, n), psth: psth.slice(), intervals: intervals.slice(), rates: rates.slice(),
    fano: fano.slice(), measured: Float64Array.of(cv, serial),
  });
  const saved = ({ n, width }) => {
    const spikes = times.slice(0, n);
    const column = (values) => Array.from(spikes, (_, k) => values[k] ?? "");
    return [
      { title: "spike (ms)", values: spikes },
      { title: "lag (ms)", values: column(intervals.map((_, k) => k * width)) },
      { title: "part of intervals", values: column(intervals) },
      { title: "rate after a spike (Hz)", values: column(rates) },
      { title: "window (ms)", values: column(windows) },
      { title: "Fano factor", values: column(fano) },
    ];
  };
  return { elements: [stack], tools: [tools, table], canvases: [raster, course, gaps, after, tally, spans], compute, draw, summary, table: saved, arrays };
}
