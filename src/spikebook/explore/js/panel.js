// One panel: a canvas with a vertical axis and lines over a time axis that all panels of an explorer share.

export const MARGIN = { left: 46, right: 10 };

// The smallest of 1, 2 and 5 times a power of ten that is not below x.
export function niceStep(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].find((factor) => factor * power >= x * (1 - 1e-9)) * power;
}

export function ticks(low, high, most) {
  const step = niceStep((high - low) / most);
  const values = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) values.push(k * step);
  return values.length < 2 ? ticks(low, high, 2 * most) : values;
}

export function tidy(value, digits = 4) {
  return String(Number(value.toPrecision(digits))).replace("-", "\u2212");
}

// `base`, widened in nice steps where the values leave it: a scale that stays still while a slider moves.
export function scaleFor(arrays, base) {
  let [low, high] = base;
  let least = Infinity, most = -Infinity;
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) {
      if (values[i] < least) least = values[i];
      if (values[i] > most) most = values[i];
    }
  }
  const step = niceStep((high - low) / 4);
  if (least < low) low = step * Math.floor(least / step);
  if (most > high) high = step * Math.ceil(most / step);
  return [low, high];
}

export class Panel {
  constructor({ height, phoneHeight, title, base, most = 4, showTime = false, unit = "ms" }) {
    Object.assign(this, { height, phoneHeight, base, most, showTime, unit });
    this.element = document.createElement("div");
    this.element.className = "sb-panel";
    this.canvas = document.createElement("canvas");
    this.caption = document.createElement("div");
    this.caption.className = "sb-panel-caption";
    this.caption.append(...title);
    this.element.append(this.caption, this.canvas);
    this.context = this.canvas.getContext("2d", { alpha: true });
    this.fit(600, false);
  }

  // Fit the canvas to the width it is shown at, sharp on every screen. Only when the width has changed.
  fit(width, narrow) {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const height = (narrow ? this.phoneHeight : this.height) + (this.showTime ? 18 : 0);
    if (width === this.width && ratio === this.ratio && height === this.fullHeight) return;
    Object.assign(this, { width, ratio, fullHeight: height });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.height = `${height}px`;
  }

  get inner() {
    return { top: 5, bottom: this.fullHeight - (this.showTime ? 22 : 5), left: MARGIN.left, right: this.width - MARGIN.right };
  }

  x(t) {
    const { left, right } = this.inner;
    return left + ((right - left) * t) / this.duration;
  }

  time(x) {
    const { left, right } = this.inner;
    return (this.duration * (x - left)) / (right - left);
  }

  y(value) {
    const { top, bottom } = this.inner;
    return bottom - ((bottom - top) * (value - this.scale[0])) / (this.scale[1] - this.scale[0]);
  }

  value(y) {
    const { top, bottom } = this.inner;
    return this.scale[0] + ((this.scale[1] - this.scale[0]) * (bottom - y)) / (bottom - top);
  }

  // Where the vertical axis has its marks.
  get marks() {
    return ticks(...this.scale, this.most);
  }

  written(mark) {
    return tidy(mark);
  }

  // lines: [{ values, colour, dash }] over equally spaced times from 0 to duration; look: colours and font by name;
  // spikes: times that are marked at the top, by a line from the value `foot` up if one is given.
  draw(lines, duration, look, spikes = [], foot = null) {
    const g = this.context;
    this.duration = duration;
    // While a hand is in the panel its scale only widens.
    this.scale = scaleFor(lines.map((line) => line.values), this.held ?? this.base);
    if (this.held) this.held = this.scale;
    const { top, bottom, left, right } = this.inner;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.clearRect(0, 0, this.width, this.fullHeight);
    g.font = `12px ${look.font}`;
    g.lineWidth = 1;
    g.textBaseline = "middle";
    g.textAlign = "right";
    for (const tick of this.marks) {
      const y = Math.round(this.y(tick)) + 0.5;
      g.strokeStyle = look.rule;
      g.beginPath();
      g.moveTo(left, y);
      g.lineTo(right, y);
      g.stroke();
      g.fillStyle = look.muted;
      g.fillText(this.written(tick), left - 6, y);
    }
    if (this.showTime) this.drawTime(look);
    g.lineJoin = "round";
    for (const { values, colour, dash } of lines) {
      g.strokeStyle = look[colour];
      g.lineWidth = 1.8;
      g.setLineDash(dash);
      this.trace(values);
      g.stroke();
    }
    g.setLineDash([]);
    if (spikes.length) {
      g.fillStyle = foot === null ? look.muted : look.V;
      const height = foot === null ? 5 : this.y(foot) - top + 5;
      for (const t of spikes) g.fillRect(this.x(t) - 1, top - 5, 2, height);
    }
  }

  drawTime(look) {
    const g = this.context;
    const { bottom, left, right } = this.inner;
    g.fillStyle = look.muted;
    g.textBaseline = "top";
    for (const tick of ticks(0, this.duration, Math.max(3, Math.floor((right - left) / 70)))) {
      g.textAlign = tick === 0 ? "left" : "center";
      g.fillText(tick === 0 ? `0 ${this.unit}` : tidy(tick), tick === 0 ? left : Math.min(this.x(tick), right - 8), bottom + 7);
    }
  }

  // A path through the values. Where many fall on one pixel column, its least and greatest stand for all of them.
  trace(values) {
    const g = this.context;
    const { left, right } = this.inner;
    const last = values.length - 1;
    const perPixel = last / ((right - left) * this.ratio);
    g.beginPath();
    if (perPixel < 3) {
      for (let i = 0; i <= last; i++) g.lineTo(left + ((right - left) * i) / last, this.y(values[i]));
      return;
    }
    const columns = Math.round((right - left) * this.ratio);
    g.moveTo(left, this.y(values[0]));
    for (let column = 0; column < columns; column++) {
      const from = Math.floor((column * last) / columns);
      const to = Math.floor(((column + 1) * last) / columns);
      let least = from, most = from;
      for (let i = from + 1; i <= to; i++) {
        if (values[i] < values[least]) least = i;
        if (values[i] > values[most]) most = i;
      }
      for (const i of least < most ? [least, most] : [most, least]) {
        g.lineTo(left + ((right - left) * i) / last, this.y(values[i]));
      }
    }
    g.lineTo(right, this.y(values[last]));
  }
}
