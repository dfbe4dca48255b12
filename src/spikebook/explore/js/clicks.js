// Spikes to be heard: a button, and a click for each of the moments that a view says are next. Silent until it is pressed.

import { button } from "./controls.js";

const AHEAD = 0.1; // s for which clicks are scheduled

// moments(from, to): the times of the clicks between two moments, in s since the button was pressed; called with stretches that
// follow one another, a little ahead of the sound. turned(on): called when the sound begins and ends.
export function clicks(explorer, moments, turned = () => {}) {
  let audio = null, begun = 0, due = 0, clicking = null;
  function click(at) {
    const source = audio.context.createBufferSource();
    source.buffer = audio.buffer;
    source.connect(audio.context.destination);
    source.start(at);
  }
  function schedule() {
    if (!explorer.root.isConnected) return silence();
    const until = audio.context.currentTime - begun + AHEAD;
    due = Math.max(due, until - AHEAD);
    if (explorer.visible && explorer.result) for (const at of moments(due, until)) click(begun + at);
    due = until;
  }
  function silence() {
    clearInterval(clicking);
    clicking = null;
    listen.setAttribute("aria-pressed", "false");
    listen.textContent = "Listen";
    turned(false);
  }
  const listen = button("Listen", "Hear a click for each spike", () => {
    if (clicking) return silence();
    if (!audio) {
      const context = new AudioContext();
      const buffer = context.createBuffer(1, Math.round(context.sampleRate * 0.003), context.sampleRate);
      const samples = buffer.getChannelData(0);
      for (let i = 0; i < samples.length; i++) samples[i] = 0.5 * Math.sin(i * 0.35) * (1 - i / samples.length) ** 2;
      audio = { context, buffer };
    }
    audio.context.resume();
    begun = audio.context.currentTime;
    due = 0;
    clicking = setInterval(schedule, (1000 * AHEAD) / 2);
    listen.setAttribute("aria-pressed", "true");
    listen.textContent = "Stop the sound";
    turned(true);
  });
  listen.setAttribute("aria-pressed", "false");
  // Seconds since the button was pressed, and null in silence.
  return { listen, get now() { return clicking ? audio.context.currentTime - begun : null; } };
}
