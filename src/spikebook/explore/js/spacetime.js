// A voltage over all places and times, as an image: places from left to right, times downwards.

import { Panel, ticks, tidy } from "./panel.js";

// Above rest in the colour of the voltage, below in that of potassium.
export class SpaceTime extends Panel {
  constructor(options) {
    super(options);
    this.image = document.createElement("canvas");
  }

  draw(result, length, duration, look) {
    const g = this.context;
    Object.assign(this, { duration: length, scale: [duration, 0] });
    const { top, bottom, left, right } = this.inner;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.clearRect(0, 0, this.width, this.fullHeight);
    this.paint(result, look);
    g.drawImage(this.image, left, top, right - left, bottom - top);
    g.font = `12px ${look.font}`;
    g.fillStyle = look.muted;
    g.textAlign = "right";
    for (const tick of ticks(0, duration, 4)) {
      g.textBaseline = tick === 0 ? "top" : "middle";
      g.fillText(tidy(tick), left - 6, this.y(tick));
    }
    this.drawTime(look);
  }

  paint({ wave, columns, rows }, look) {
    if (this.painted === wave.V && this.colours === look) return;
    Object.assign(this, { painted: wave.V, colours: look });
    const [above, below] = [look.V, look.K].map((colour) =>
      [1, 3, 5].map((from) => parseInt(colour.slice(from, from + 2), 16)));
    Object.assign(this.image, { width: columns, height: rows });
    const g = this.image.getContext("2d");
    const pixels = g.createImageData(columns, rows);
    for (let i = 0; i < wave.V.length; i++) {
      const up = wave.V[i] - wave.rest;
      const part = Math.min(1, up > 0 ? up / 100 : -up / 20);
      pixels.data.set(up > 0 ? above : below, 4 * i);
      pixels.data[4 * i + 3] = 255 * part;
    }
    g.putImageData(pixels, 0, 0);
  }
}
