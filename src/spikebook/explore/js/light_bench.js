// The view of Hubel and Wiesel's bench: a screen with a stimulus to drag, the marks that the cell's answers leave on it, and
// the spikes of twelve presentations. The cell is translated Python.

import { clicks } from "./clicks.js";
import { button, element } from "./controls.js";
import { draggable, pointOf, pressable } from "./dragging.js";
import { MARGIN, Panel } from "./panel.js";

const WIDEST = 420; // CSS pixels of the screen
const CELLS = 32; // of the map, each way
const PROBING = 8; // ms of probing in each frame
// The screen is the same lamp-lit grey in a light page and in a dark one.
const GREY = "#75797f", LIGHT = "#ffffff", DARK = "#0b0d10", MORE = [255, 190, 60], FEWER = [90, 230, 215];
const rgb = (colour) => `rgb(${colour.join(" ")})`;

export function lightBench(explorer) {
  const { spec } = explorer;
  const { codes, screen: extent, pixels, trials, bins } = spec;
  const names = ["sow", "uniform", "find_neuron", "weight", "baseline", "response", "run_trials"];
  const program = new Function(`"use strict";\n${spec.code}\nreturn { ${names.join(", ")} };`)();
  const control = (name) => spec.controls.find((one) => one.name === name);
  const isSpot = () => explorer.values.shape === "spot";

  // ---- computing

  const state = new Float64Array(6);
  const found = new Float64Array(4);
  const rates = new Float64Array(bins), counts = new Float64Array(bins);
  const times = new Float64Array(spec.most_spikes), trial = new Float64Array(spec.most_spikes);
  const t = Float64Array.from(rates, (_, k) => k * spec.bin);

  function rateAt(settings, x, y) {
    const { cell, shape, contrast, angle, length, width } = settings;
    return program.response(codes.cell[cell], found, codes.shape[shape], codes.contrast[contrast], x, y, angle, length, width);
  }

  function compute(settings) {
    program.sow(settings.neuron, state);
    program.find_neuron(state, found);
    const before = program.baseline(codes.cell[settings.cell]);
    const during = rateAt(settings, settings.x, settings.y);
    program.sow(settings.neuron, state);
    const spikes = program.run_trials(before, during, state, rates, counts, times, trial);
    mark(settings, settings.x, settings.y, during - before);
    return { settings, before, during, spikes };
  }

  // A map for each stimulus that was used on the present neuron: what it changed at the places where it has been.
  let maps = {}, mapped = "";
  function mapOf({ cell, neuron, shape, contrast, angle, length, width }) {
    if (mapped !== `${cell} ${neuron}`) [maps, mapped] = [{}, `${cell} ${neuron}`];
    const key = [shape, contrast, length, ...(shape === "spot" ? [] : [angle, width])].join();
    return (maps[key] ??= new Float64Array(CELLS * CELLS).fill(NaN));
  }
  const column = (x) => Math.min(CELLS - 1, Math.floor((x / extent + 0.5) * CELLS));
  const middle = (k) => ((k + 0.5) / CELLS - 0.5) * extent;
  function mark(settings, x, y, change) {
    mapOf(settings)[column(-y) * CELLS + column(x)] = change;
  }

  // Probe every place with the present stimulus, a few in each frame.
  let probing = null;
  function probe() {
    const { settings, before } = explorer.result;
    probing = { settings, before, next: 0, map: mapOf(settings) };
    const go = () => {
      if (!probing || probing.map !== mapOf(explorer.result.settings)) return;
      const until = performance.now() + PROBING;
      while (probing.next < CELLS * CELLS && performance.now() < until) {
        const k = probing.next++;
        probing.map[k] = rateAt(settings, middle(k % CELLS), -middle(Math.floor(k / CELLS))) - before;
      }
      explorer.redraw();
      if (probing.next < CELLS * CELLS) requestAnimationFrame(go);
      else probing = null;
    };
    go();
  }

  // ---- drawing

  const key = (text, colour) => {
    const node = element("span", "sb-key", text);
    node.style.setProperty("--key", `var(--sb-${colour})`);
    return node;
  };
  const caption = element("div", "sb-panel-caption");
  const pair = element("span", "sb-panel-name", "drawn: one of its two fields");
  caption.append(element("span", "sb-panel-name", `screen, ${extent}° × ${extent}°`), key("+ more spikes than on grey", "E"), key("\u2212 fewer", "I"), pair);
  const canvas = element("canvas");
  const raster = new Panel({
    height: 84, phoneHeight: 62, base: [0, trials], most: 2, showTime: true,
    title: [element("span", "sb-panel-name", `spikes: a row for each of ${trials} presentations`), key("stimulus on the screen", "input")],
  });
  Object.defineProperty(raster, "marks", { value: [] }); // its rows are presentations, not amounts
  const body = pointOf(explorer, "Stimulus. Arrow keys move it; with Shift in larger steps.", "x", "y");
  const end = pointOf(
    explorer,
    "End of the stimulus. Left and right arrow turn a bar, up and down arrow change its length; with Shift in larger steps.",
    "length", "angle",
  );
  const side = pointOf(explorer, "Side of the bar. Up and down arrow change its width; with Shift in larger steps.", "width");
  const field = element("div", "sb-screen");
  field.append(canvas, body, end, side);
  const stack = element("div", "sb-panels");
  stack.append(caption, field, raster.element);

  let size = 0, ratio = 1;
  function fit() {
    const wide = stack.clientWidth;
    const now = Math.min(wide - MARGIN.left - MARGIN.right, WIDEST);
    const sharp = Math.min(window.devicePixelRatio || 1, 2);
    raster.fit(wide, wide < 480);
    if (now === size && sharp === ratio) return;
    [size, ratio] = [now, sharp];
    canvas.width = canvas.height = Math.round(size * ratio);
    field.style.width = field.style.height = `${size}px`;
  }
  const px = (x) => (x / extent + 0.5) * size;
  const py = (y) => (0.5 - y / extent) * size;

  // The weights of the field as a picture, made once for each neuron.
  let picture = {};
  function fieldOf({ cell, neuron }) {
    const name = `${cell} ${neuron}`;
    if (picture.name === name) return picture.canvas;
    const made = element("canvas");
    made.width = made.height = pixels;
    const g = made.getContext("2d");
    const image = g.createImageData(pixels, pixels);
    const weights = Float64Array.from({ length: pixels * pixels }, (_, k) => {
      const x = ((k % pixels) + 0.5) / pixels - 0.5, y = 0.5 - (Math.floor(k / pixels) + 0.5) / pixels;
      return program.weight(codes.cell[cell], x * extent - found[0], y * extent - found[1], found[2], found[3]);
    });
    const most = weights.reduce((top, one) => Math.max(top, Math.abs(one)), 0);
    weights.forEach((one, k) => image.data.set([...(one > 0 ? MORE : FEWER), 235 * Math.sqrt(Math.abs(one) / most)], 4 * k));
    g.putImageData(image, 0, 0);
    picture = { name, canvas: made };
    return made;
  }

  function draw(result, look) {
    if (!stack.clientWidth) return;
    fit();
    const { settings, spikes } = result;
    const g = canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.fillStyle = GREY;
    g.fillRect(0, 0, size, size);
    drawStimulus(g, settings);
    pair.hidden = settings.cell !== "complex" || settings.field !== "shown";
    if (settings.field === "shown") g.drawImage(fieldOf(settings), 0, 0, size, size);
    drawMarks(g, mapOf(settings));
    drawHandles(g, settings, look);
    drawRaster(look, spikes);
  }

  function drawStimulus(g, { shape, contrast, x, y, angle, length, width }) {
    const scale = size / extent;
    g.fillStyle = contrast === "light" ? LIGHT : DARK;
    g.save();
    g.translate(px(x), py(y));
    g.rotate((-angle * Math.PI) / 180);
    g.beginPath();
    if (shape === "spot") g.arc(0, 0, (length / 2) * scale, 0, 2 * Math.PI);
    else g.rect((-length / 2) * scale, (-width / 2) * scale, length * scale, width * scale);
    g.fill();
    g.restore();
  }

  // A plus where the cell fired more than on a grey screen, a minus where less, larger for a larger change; a dot for none.
  function drawMarks(g, map) {
    const step = size / CELLS;
    g.lineCap = "round";
    map.forEach((change, k) => {
      if (Number.isNaN(change)) return;
      const [x, y] = [((k % CELLS) + 0.5) * step, (Math.floor(k / CELLS) + 0.5) * step];
      const reach = 0.5 + 0.42 * step * Math.min(1, Math.sqrt(Math.abs(change) / 60));
      const none = Math.abs(change) < 1;
      for (const [colour, wide] of [["#000000", 3.4], [none ? "#c9ccd1" : rgb(change > 0 ? MORE : FEWER), 1.8]]) {
        g.strokeStyle = colour;
        g.lineWidth = none ? wide * 0.6 : wide;
        g.beginPath();
        g.moveTo(x - (none ? 0.1 : reach), y);
        g.lineTo(x + (none ? 0.1 : reach), y);
        if (change >= 1) {
          g.moveTo(x, y - reach);
          g.lineTo(x, y + reach);
        }
        g.stroke();
      }
    });
    g.lineCap = "butt";
  }

  // Handles stand a little outside the stimulus, and stay on the screen.
  function handlesAt({ x, y, angle, length, width }) {
    const scale = size / extent;
    const turn = (angle * Math.PI) / 180;
    const out = (distance, cos, sin) => {
      const place = [px(x) + distance * cos, py(y) - distance * sin];
      return place.map((one) => Math.min(size - 14, Math.max(14, one)));
    };
    const along = (length / 2) * scale + 16, across = (width / 2) * scale + 16;
    return {
      body: [px(x), py(y)],
      end: out(along, Math.cos(turn), Math.sin(turn)),
      side: out(across, -Math.sin(turn), Math.cos(turn)),
    };
  }
  // The handle in the middle is a ring, so that the mark there stays in sight; the others say what they do.
  function drawHandles(g, settings, look) {
    const places = handlesAt(settings);
    side.hidden = isSpot();
    g.font = `12px ${look.font}`;
    g.textBaseline = "middle";
    g.lineJoin = "round";
    for (const [node, [x, y], text] of [[body, places.body], [end, places.end, isSpot() ? "size" : "turn, length"], [side, places.side, "width"]]) {
      node.style.transform = `translate(${x}px, ${y}px)`;
      if (node === side && isSpot()) continue;
      g.beginPath();
      g.arc(x, y, node === body ? 9 : 6, 0, 2 * Math.PI);
      g.fillStyle = LIGHT;
      if (node !== body) g.fill();
      g.strokeStyle = LIGHT;
      g.lineWidth = 3;
      g.stroke();
      g.strokeStyle = DARK;
      g.lineWidth = node === body ? 1 : 2;
      g.stroke();
      if (!text) continue;
      const left = x > places.body[0] - 1 && x + 80 < size;
      g.textAlign = left ? "left" : "right";
      g.lineWidth = 3;
      g.strokeText(text, x + (left ? 11 : -11), y);
      g.fillText(text, x + (left ? 11 : -11), y);
    }
  }

  function drawRaster(look, spikes) {
    raster.draw([], bins * spec.bin, look);
    const g = raster.context;
    const { top, bottom } = raster.inner;
    g.fillStyle = look.input;
    g.globalAlpha = 0.18;
    g.fillRect(raster.x(spec.on), top, raster.x(spec.off) - raster.x(spec.on), bottom - top);
    g.globalAlpha = 1;
    g.fillStyle = look.V;
    const row = (bottom - top) / trials;
    for (let i = 0; i < spikes; i++) g.fillRect(Math.round(raster.x(times[i])), bottom - (trial[i] + 1) * row + 0.5, 1.5, row - 1);
  }

  // ---- dragging and keys

  const snapped = (name, value) => {
    const { low, high, step } = control(name);
    return Number(Math.min(high, Math.max(low, Math.round(value / step) * step)).toFixed(6));
  };
  const turned = (angle) => snapped("angle", ((angle % 180) + 180) % 180);
  const grow = (name, amount) => explorer.apply({ [name]: snapped(name, explorer.values[name] + amount) });

  // Where the pointer is, in degrees of visual angle.
  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / size - 0.5) * extent, (0.5 - (event.clientY - box.top) / size) * extent];
  }
  const relative = (event, { x, y }) => {
    const [at, up] = placeOf(event);
    return { far: Math.hypot(at - x, up - y), turn: (Math.atan2(up - y, at - x) * 180) / Math.PI };
  };
  let held = null; // the settings and the pointer when it was pressed: what follows is told by the difference
  const drags = {
    body(event) {
      const [x, y] = placeOf(event), [x0, y0] = held.place;
      explorer.apply({ x: snapped("x", held.settings.x + x - x0), y: snapped("y", held.settings.y + y - y0) });
    },
    end(event) {
      const now = relative(event, held.settings);
      const length = snapped("length", held.settings.length + 2 * (now.far - held.far));
      explorer.apply(isSpot() ? { length } : { length, angle: turned(held.settings.angle + now.turn - held.turn) });
    },
    side(event) {
      explorer.apply({ width: snapped("width", held.settings.width + 2 * (relative(event, held.settings).far - held.far)) });
    },
  };
  for (const [node, drag] of [[body, drags.body], [end, drags.end], [side, drags.side]]) {
    draggable(node, drag, (event) => {
      held = { settings: { ...explorer.values }, place: placeOf(event), ...relative(event, explorer.values) };
    });
  }
  // Elsewhere on the screen a press brings the stimulus there; a finger taps, so that it can scroll.
  const bring = (event) => {
    const [x, y] = placeOf(event);
    explorer.apply({ x: snapped("x", x), y: snapped("y", y) });
  };
  pressable(canvas, bring);

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  const keyed = (node, move) =>
    node.addEventListener("keydown", (event) => {
      if (!ARROWS[event.key]) return;
      event.preventDefault();
      const [right, up] = ARROWS[event.key];
      move(right, up, event.shiftKey ? 10 : 1);
    });
  keyed(body, (right, up, many) => {
    const { x, y } = explorer.values;
    explorer.apply({ x: snapped("x", x + 0.1 * many * right), y: snapped("y", y + 0.1 * many * up) });
  });
  keyed(end, (right, up, many) => {
    if (up) grow("length", 0.1 * many * up);
    else if (!isSpot()) explorer.apply({ angle: turned(explorer.values.angle - many * right) });
  });
  keyed(side, (right, up, many) => grow("width", 0.1 * many * (right + up)));

  // ---- sound: a click for each spike, at the rate that the stimulus would make if it stayed

  const chance = new Float64Array(6);
  program.sow(0, chance);
  const { listen } = clicks(explorer, (from, to) => {
    const rate = explorer.result.during;
    const found = [];
    let at = from;
    while (rate > 0) {
      at -= Math.log(program.uniform(chance)) / rate;
      if (at >= to) break; // a Poisson process has no memory: what happens later is drawn later, at the rate of then
      found.push(at);
    }
    return found;
  });

  const tools = element("div", "sb-tools");
  tools.append(
    listen,
    button("Probe everywhere", "Show the present stimulus at every place of the screen", probe),
    button("Wipe the marks", "Remove what the probing has left on the screen", () => {
      [maps, probing] = [{}, null];
      explorer.redraw();
    }),
  );

  function adapt(name, value) {
    if (name !== "shape") return;
    explorer.rows.angle?.enable(value === "bar");
    explorer.rows.width?.enable(value === "bar");
  }

  // ---- in words and as a table

  function summary({ during, before, spikes, settings }) {
    const verdict = during > before + 1 ? "more than" : during < before - 1 ? "less than" : "as much as";
    const what = settings.shape === "spot" ? "spot" : "bar";
    return `${Math.round(during)} Hz with this ${settings.contrast} ${what}, ${verdict} the ${before} Hz of a grey screen. ${spikes} spikes in ${trials} presentations.`;
  }
  const table = () => [
    { title: "t (ms)", values: t },
    { title: "rate (Hz)", values: rates },
    { title: "spikes", values: counts },
  ];
  const arrays = ({ spikes }) => ({
    t: t.slice(), rate: rates.slice(), counts: counts.slice(), trial: trial.slice(0, spikes), spike_times: times.slice(0, spikes),
  });
  const canvases = [{ canvas, caption, get width() { return size; } }, raster];
  return { elements: [stack], tools: [tools], canvases, compute, draw, adapt, summary, table, arrays, map: mapOf };
}
