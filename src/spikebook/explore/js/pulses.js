// Short pulses that a reader injects: by a click, by key, and by the buttons made here.

import { button, element } from "./controls.js";

export function pulseTools(explorer) {
  function inject(time) {
    const { pulses } = explorer.values;
    const { most } = explorer.spec.lists.pulses;
    if (pulses.length >= most) {
      explorer.say(`There are ${most} pulses already; remove them first.`);
      return;
    }
    const rounded = Math.max(0, Math.round(time * 10) / 10);
    explorer.set("pulses", [...pulses, rounded].sort((a, b) => a - b));
  }
  const clear = () => explorer.set("pulses", []);

  const row = element("div", "sb-tools");
  const moment = element("input", "", "", { type: "number", min: 0, step: "0.1", value: 15, "aria-label": "time of the pulse in ms" });
  row.append(
    button("Inject a pulse at", "Add a pulse at this time; a click on the traces does the same", () => inject(moment.valueAsNumber || 0)),
    moment,
    element("span", "sb-unit", "ms"),
    button("Remove pulses", "Remove all injected pulses", clear),
  );
  return { row, inject, clear };
}
