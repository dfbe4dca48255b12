// Panels below one another over a common time axis, and a line at which their values are read: by hand and by key.

import { element, readOut, reword, unitText } from "./controls.js";
import { Panel, tidy } from "./panel.js";

// panels: [{ title, unit, base, heights: [wide, narrow], most, lines: [{ name, label, colour, dash }], more }]: more are keys of what a
// view draws over the lines; describe: words for those who cannot see them; digits: of the values that are read; moved(at): called
// when the line has moved, with null when it is gone.
export function timelines(panels, describe, digits = 3, moved = () => {}) {
  const drawn = panels.map(({ title, unit, base, heights, most = 3, lines, more = [] }, index) => {
    const caption = [element("span", "sb-panel-name", unit ? `${title} (${unitText(unit)})` : title)];
    if (lines.length > 1) {
      for (const { label, colour, dash } of [...lines, ...more]) {
        const key = element("span", dash?.length ? "sb-key sb-dashed" : "sb-key", label);
        key.style.setProperty("--key", `var(--sb-${colour})`);
        caption.push(key);
      }
    }
    const [height, phoneHeight] = heights;
    return Object.assign(new Panel({ height, phoneHeight, title: caption, base, most, showTime: index === panels.length - 1 }), { lines, valuesIn: unit });
  });
  const stack = element("div", "sb-panels", "", { tabindex: 0, role: "application", "aria-label": `${describe} Left and right arrow move the reading line.` });
  const line = element("div", "sb-line", "", { hidden: "" });
  const reading = element("p", "sb-reading", "\u00a0", { "aria-live": "off" });
  readOut(stack, reading);
  stack.append(...drawn.map((panel) => panel.element), line);

  let shown = null;
  let at = null;
  function read() {
    line.hidden = at === null;
    if (at === null || !shown) {
      reword(reading, "\u00a0");
      return;
    }
    const { arrays, duration } = shown;
    at = Math.min(duration, Math.max(0, at));
    const i = Math.round(at / duration * (arrays.t.length - 1));
    line.style.transform = `translateX(${drawn[0].x(at)}px)`;
    const values = drawn.flatMap(({ lines, valuesIn }) => lines.map(({ name, label }) => `${label} ${tidy(arrays[name][i], digits)} ${unitText(valuesIn)}`.trim()));
    reword(reading, `at ${at.toFixed(1)} ms: ${values.join(" · ")}`);
  }
  function moveTo(time) {
    at = time;
    read();
    moved(at);
  }
  stack.addEventListener("pointermove", (event) => shown && moveTo(drawn[0].time(event.clientX - stack.getBoundingClientRect().left)));
  stack.addEventListener("pointerleave", () => moveTo(null));
  stack.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!shown || !way) return;
    event.preventDefault();
    moveTo((at ?? shown.duration / 2) + way * shown.duration / (event.shiftKey ? 20 : 200));
  });

  return {
    panels: drawn,
    elements: [stack, reading],
    moveTo,
    at: () => at,
    // over(look): what is drawn over a panel's lines, by the panel's index; spikes: ticks above the first panel
    draw(arrays, duration, look, spikes, over) {
      shown = { arrays, duration };
      const width = stack.clientWidth;
      if (!width) return;
      drawn.forEach((panel, index) => {
        panel.fit(width, width < 480);
        panel.draw(panel.lines.map(({ name, colour, dash = [] }) => ({ values: arrays[name], colour, dash })), duration, look, index === 0 ? spikes : []);
        over(panel, index);
      });
      read();
    },
    table: (arrays) => [
      { title: "t (ms)", values: arrays.t },
      ...drawn.flatMap(({ lines, valuesIn }) => lines.map(({ name }) => ({ title: valuesIn ? `${name} (${valuesIn})` : name, values: arrays[name] }))),
    ],
  };
}

// A straight line in a panel.
export function stroke(panel, look, colour, x1, y1, x2, y2, { dash = [], width = 1 } = {}) {
  const g = panel.context;
  g.strokeStyle = look[colour];
  g.lineWidth = width;
  g.setLineDash(dash);
  g.beginPath();
  g.moveTo(x1, y1);
  g.lineTo(x2, y2);
  g.stroke();
  g.setLineDash([]);
}
