"""Explorers on a bare page, and what the page and Python say of them; `opened` in conftest.py opens the page."""

import base64

import numpy as np

from spikebook.explore import bundle


def html(explorers, **attributes):
    marked = " ".join(f'data-{name}="{value}"' for name, value in {"theme": "light", **attributes}.items())
    body = "\n".join(f"<h2>Text before</h2>{explorer._html()}<p>Text after.</p>" for explorer in explorers)
    return (
        f'<!doctype html><html lang="en" {marked}><meta charset="utf-8"><title>Explorers</title>'
        f'<meta name="viewport" content="width=device-width"><style>{bundle.stylesheet()}</style>'
        f"<body>{body}<script>{bundle.page_script()}</script></body></html>"
    )


def root(page, name="hodgkin_huxley_neuron"):
    return page.locator(f"[data-explorer={name}]")


def settings(page, name="hodgkin_huxley_neuron"):
    return root(page, name).evaluate("root => root.explorer.settings")


def settled(page):
    """Wait until what was asked for has been drawn."""
    page.evaluate("new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")


def picture(page, name, index=0):
    """What stands on one of an explorer's canvases, once what was asked for has been drawn."""
    settled(page)
    return root(page, name).locator("canvas").nth(index).evaluate("canvas => canvas.toDataURL()")


def summary(page, name="hodgkin_huxley_neuron"):
    """What an explorer says in words, once what was asked for has been computed."""
    settled(page)
    return root(page, name).locator(".sb-summary").inner_text()


def arrays(page, name, values):
    result = root(page, name).evaluate(
        """(root, values) => {
            root.explorer.settings = values;
            const bits = (array) => {
                const bytes = new Uint8Array(array.buffer);
                const parts = [];
                for (let i = 0; i < bytes.length; i += 8192) parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
                return btoa(parts.join(""));
            };
            return Object.fromEntries(Object.entries(root.explorer.trace()).map(([k, v]) => [k, bits(v)]));
        }""",
        values,
    )
    return {key: np.frombuffer(base64.b64decode(value)) for key, value in result.items()}


def random_settings(explorer, rng):
    """A random value of every trait."""
    values = {}
    for control in explorer._spec["controls"]:
        if "options" in control:
            values[control["name"]] = str(rng.choice(list(control["options"])))
        else:
            value = float(rng.uniform(control["low"], control["high"]))
            step = control["step"]
            values[control["name"]] = round(value / step) * step if control.get("whole") else value
    if "pulses" in explorer._spec["lists"]:
        longest = {**explorer._fixed, **values}["duration"]
        values["pulses"] = np.sort(rng.uniform(0, longest, rng.integers(0, 4)).round(1)).tolist()
    if "drawn" in explorer._spec["lists"]:
        high = min(100, explorer.model.current_range[1] / 3)  # pulses come on top
        values["drawn"] = rng.uniform(-20, high, len(explorer.drawn)).round(1).tolist()
    assert values.keys() == explorer.settings.keys()
    return values


def every_array(explorer):
    """What the explorer's `trace()` has, by name; of what spikes, the spike times too."""
    trace = explorer.trace()
    if isinstance(trace, dict):
        return trace
    return {**{name: trace[name] for name in trace.names}, "spike_times": trace.spike_times}


# What the explorer's status is given to say, how long after the last key and after the last change of the result (ms);
# the longest pause between keys.
HEARING = """root => {
    let last, changed;
    const observe = (one, then) => new MutationObserver(then).observe(one, { childList: true, characterData: true, subtree: true });
    observe(root.querySelector(".sb-summary"), () => (changed = performance.now()));
    window.listen = () => {
        last = undefined;
        Object.assign(window, { heard: [], pause: 0 });
    };
    listen();
    addEventListener("keydown", () => {
        const now = performance.now();
        window.pause = Math.max(pause, now - (last ?? now));
        last = now;
    }, { capture: true });
    const status = root.querySelector("[role=status]");
    observe(status, () => status.textContent && heard.push([status.textContent, performance.now() - last, performance.now() - changed]));
}"""


def scroll_with_a_finger(page, x, y):
    """A finger laid on a point and pulled up by 140 pixels, until the page has scrolled and rests."""
    session = page.context.new_cdp_session(page)
    for kind, dy in [("touchStart", 0), *(("touchMove", -20 * k) for k in range(1, 8)), ("touchEnd", None)]:
        points = [] if dy is None else [{"x": x, "y": y + dy}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function("window.scrollY > 50")
    page.evaluate(
        """() => new Promise((rests) => {
            let at = scrollY, since = performance.now();
            const look = () => {
                if (scrollY !== at) [at, since] = [scrollY, performance.now()];
                if (performance.now() - since > 300) rests();
                else requestAnimationFrame(look);
            };
            look();
        })"""
    )


def tap(page, x, y):
    """A finger's tap that changes a setting of the page's explorer, once it has."""
    now = "JSON.stringify(document.querySelector('[data-explorer]').explorer.settings)"
    before = page.evaluate(now)
    page.touchscreen.tap(x, y)
    page.wait_for_function(f"before => {now} !== before", arg=before)


def drag(page, start, stop):
    """The mouse, held down, from one point of the page to another."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*stop, steps=5)
    page.mouse.up()
