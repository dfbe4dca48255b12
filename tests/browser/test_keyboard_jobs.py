"""Every explorer's job, done with Tab, arrows, Enter and Space alone, and read from nothing but what is shown or spoken."""

import json
import re
from math import exp, log

import numpy as np
import pytest
from explored import root, settled
from pages import ROOT

import spikebook as sb
from spikebook.receptive_fields import bench

SQUID = json.loads((ROOT / "tests" / "reference" / "hodgkin_huxley.json").read_text("utf-8"))
KEYS = {"Tab", "Shift+Tab", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter", "Space"}
# What a screen reader calls the element that has the focus, and its value; of a slider's two halves, the slider.
SPOKEN = """() => {
    const one = document.activeElement;
    const name = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
    return [one.type === "number" ? `type ${name}` : name, one.selectedOptions?.[0].textContent ?? one.getAttribute("aria-valuetext")];
}"""
OUTLINED = """() => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
    return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
}"""


class Reader:
    """Somebody with a keyboard and a screen reader."""

    def __init__(self, page, name):
        self.page, self.explorer = page, root(page, name)

    def press(self, key, times=1):
        assert key in KEYS
        for _ in range(times):
            self.page.keyboard.press(key)
        settled(self.page)

    def go(self, name):
        """On with Tab, to what is called so; the focus is seen all the way."""
        for _ in range(60):
            self.press("Tab")
            if self.page.evaluate(SPOKEN)[0].startswith(name):
                assert self.page.evaluate(OUTLINED), f"the focus does not show on {name}"
                return self
        raise AssertionError(f"Tab never comes to {name!r}")

    def value(self):
        return numbers(self.page.evaluate(SPOKEN)[1])[0]

    def choose(self, option):
        for _ in range(30):
            if self.page.evaluate(SPOKEN)[1] == option:
                return
            self.press("ArrowDown")
        raise AssertionError(f"the arrows never come to {option!r}")

    def said(self):
        return self.explorer.locator(".sb-summary").inner_text()

    def until(self, key, seen, most=220):
        """Press a key until what is said is as wanted; the value of the slider then."""
        for _ in range(most):
            if seen(self.said()):
                return self.value()
            self.press(key)
        raise AssertionError(f"after {most} times {key} it still says: {self.said()}")


def numbers(text):
    return [float(one.replace("−", "-").replace(",", "")) for one in re.findall(r"[-−]?\d+(?:,\d{3})*(?:\.\d+)?", text)]


def after(words, said):
    """The number that follows some words."""
    return numbers(said.partition(words)[2])[0]


def intro(reader):
    """The weakest pulse that makes a spike."""
    found = reader.go("current").until("ArrowRight", lambda said: not said.startswith("No spike"))
    return found, SQUID["pulse_threshold_uA_cm2_by_ms"]["1"]


def membrane_potential(reader):
    """The permeability to sodium at which the membrane has no voltage (Goldman's equation says: inflows equal outflows)."""
    found = reader.go("P Na").until("ArrowRight", lambda said: after("V rests at", said) >= 0)
    return found, (1 * (400 - 20) + 0.45 * (560 - 52)) / (440 - 50)


def membrane_potential_integrate_and_fire(reader):
    """The weakest current that makes a spike: the leak times the way to the threshold."""
    reader.go("current").until("ArrowLeft", lambda said: said.startswith("No spike"))
    return reader.until("ArrowRight", lambda said: not said.startswith("No spike")), 0.1 * 15


def receptive_fields(reader):
    """The angle of the cell's field: turn the bar, move it to where the cell fires most, and turn it again."""

    def best(name, key, back, times):
        """The middle of the values at which it fires nearly as much as it can; the slider is left there."""
        values, rates = [], []
        reader.go(name)
        for _ in range(times):
            values.append(reader.value())
            rates.append(numbers(reader.said())[0])
            reader.press(key)
        middle = round(np.mean(np.flatnonzero(np.array(rates) > 0.9 * max(rates))))
        reader.press(back, times - middle)
        assert reader.value() == pytest.approx(values[middle])
        return values[middle]

    best("angle", "ArrowLeft", "ArrowRight", 60)
    best("y", "ArrowRight", "ArrowLeft", 40)
    best("x", "ArrowRight", "ArrowLeft", 30)
    reader.go("angle").press("ArrowLeft", 40)
    return best("angle", "ArrowRight", "ArrowLeft", 80), bench.neuron(9).orientation


def receptive_fields_sta(reader):
    """How many pictures it takes to know the field with a correlation of 0.8."""
    found = reader.go("frames").until("ArrowRight", lambda said: after("true field:", said) >= 0.8)
    explorer = sb.explore.receptive_fields_sta()
    explorer.frames = found
    return 0.8, explorer.trace().correlation[-1]


def action_potential(reader):
    """How thin an axon must be for half the velocity: velocity grows with the square root of the radius."""
    reader.go("One spike").press("Enter")
    velocity = after("Velocity", reader.said())
    assert velocity == pytest.approx(SQUID["conduction_velocity_m_s"]["18.5"], rel=0.02)
    return reader.go("radius").until("ArrowLeft", lambda said: after("Velocity", said) <= velocity / 2), 238 / 4


def synapses(reader):
    """The rate of inhibition that silences the neuron."""
    found = reader.go("r I").until("ArrowRight", lambda said: said.startswith("No spike"))
    explorer = sb.explore.synapses()
    rates = [rate for rate in np.arange(10, 40, 0.2).round(1) if rate >= found - 1]
    for rate in rates:
        explorer.r_I = float(rate)
        if not len(explorer.trace().spike_times):
            return found, rate


def synapses_paired_pulse(reader):
    """The pause after which a depressed synapse is back at 0.9 of its strength: 8 spikes at 20 Hz leave little of it."""
    found = reader.go("pause").until("ArrowRight", lambda said: numbers(said)[-1] >= 0.9)
    left = 1.0
    for _ in range(7):
        left = 1 - (1 - left * 0.5) * exp(-50 / 800)
    return found, 800 * log((1 - left * 0.5) / (1 - 0.895))  # what is said is rounded


def refractory_period(reader):
    """The gap after which a pulse of 30 uA/cm2 makes a second spike."""
    found = reader.go("gap").until("ArrowRight", lambda said: not said.startswith("No second spike"))
    gaps = np.arange(8, 16, 0.1)
    return found, gaps[np.argmax(sb.refractory_period.thresholds(gaps) <= 30)]


def hodgkin_huxley_circuit(reader):
    """The voltage at which no sodium current flows: sodium's battery."""
    found = reader.go("V step").until("ArrowRight", lambda said: "Na⁺ no current" in said)
    return found, SQUID["parameters"]["E_Na"]


def hodgkin_huxley_neuron(reader):
    """The weakest current under which the neuron keeps firing."""
    found = reader.go("current").until("ArrowLeft", lambda said: numbers(said)[0] <= 3)
    return found, SQUID["bifurcations_uA_cm2"]["fold_of_limit_cycles"]


def choosing_a_model(reader):
    """The rheobase of a neuron whose current is said in rheobases is 1."""
    silent = reader.go("strength").until("ArrowLeft", lambda said: after("Hodgkin-Huxley", said) == 0)
    reader.press("ArrowRight")
    return (silent + reader.value()) / 2, 1


def spike_trains(reader):
    """How many ticks of a random clock make intervals so regular that their CV is a quarter: 1/CV2 of them."""
    found = reader.go("order").until("ArrowRight", lambda said: after("CV", said) <= 0.25)
    return found, 16


def izhikevich_model(reader):
    """The current at which rest ceases to exist: there 0.04 v2 + (5 - b) v + 140 + I has one root."""
    found = reader.go("current").until("ArrowRight", lambda said: "saddle at" not in said)
    return found, (5 - 0.2) ** 2 / (4 * 0.04) - 140


def firing_patterns(reader):
    """How far c can be lowered before tonic bursting is no more."""
    found = reader.go("c").until("ArrowLeft", lambda said: said.startswith("No longer"))
    explorer = sb.explore.firing_patterns()
    for explorer.c in np.arange(-50, -75, -0.5):
        if not explorer.trace()["holds"][0]:
            return found, explorer.c


def first_network(reader):
    """How often the excitatory neurons fire without synapses, in the first second."""
    reader.go("No synapses").press("Enter")
    reader.page.wait_for_function("document.querySelector('.sb-summary').textContent.startsWith('In the last second')")
    explorer = sb.explore.first_network()
    explorer.excitation = explorer.inhibition = 0
    return after("excitatory", reader.said()), np.count_nonzero(explorer.trace().spike_ids < 800) / 800


def toward_learning(reader):
    """The current at which the neuron fires 100 Hz: a leaky integrator reaches its threshold 8 ms after its refractory period."""
    reader.go("No noise").press("Enter")
    found = reader.go("current").until("ArrowRight", lambda said: after("it fires", said) >= 100)
    return found, 0.1 * 15 / (1 - exp(-0.8))


QUICK = [intro, hodgkin_huxley_circuit, izhikevich_model]
JOBS = [globals()[name] for name in sb.explore.__all__[1:]]


@pytest.mark.parametrize(
    "job", [pytest.param(job, id=job.__name__, marks=[] if job in QUICK else [pytest.mark.slow]) for job in JOBS]
)
def test_a_job_is_done_by_keyboard_alone(opened, job):
    page = opened(getattr(sb.explore, job.__name__)(), reduced_motion="reduce")
    found, expected = job(Reader(page, job.__name__))
    assert found == pytest.approx(expected, rel=0.02)


def test_what_has_the_focus_is_never_under_the_traces(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron(), width=640)
    reader, reached = Reader(page, "hodgkin_huxley_neuron"), set()
    for key in ["Tab"] * 45 + ["Shift+Tab"] * 45:
        reader.press(key)
        covered = page.evaluate(
            """() => {
                const one = document.activeElement;
                if (!one.closest(".sb-controls")) return null;
                const { left, top, width, height } = one.getBoundingClientRect();
                return Boolean(document.elementFromPoint(left + width / 2, top + height / 2)?.closest(".sb-stage"));
            }"""
        )
        assert not covered, page.evaluate(SPOKEN)
        reached.add(covered)
    assert False in reached
