"""An explorer's Python half: what it is asked for, what it refuses and why, and what it hands to the page."""

import dataclasses
import json
import re

import numpy as np
import pytest
import traitlets

import spikebook as sb
from spikebook.explore import Explorer, bundle
from spikebook.explore.translate import Untranslatable

HH = sb.hodgkin_huxley.MODEL


def dx(x, I, a):
    return a * (I - x)


def remainder(x, I, a):
    return (I - x) % a


def simple(**changes):
    settings = {
        "name": "Simple",
        "parameters": {"a": sb.Parameter(0.5, "1/ms", "speed", 0, 2)},
        "derivatives": {"x": dx},
    }
    return sb.Model(**{**settings, "initial": {"x": 0.0}, "current_unit": "", **changes})


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"g_Ka": (0, 100)}, ["unknown control 'g_Ka'", "Hodgkin-Huxley has", "g_K", "celsius"]),
        ({"g_Na": (0, 5000)}, ["g_Na = 5000 mS/cm2", "use 0 to 1000 mS/cm2", "largest sodium conductance"]),
        ({"celsius": (-5, 30)}, ["celsius = -5 degrees C", "use 0 to 40"]),
        ({"g_Na": (100, 10)}, ["g_Na", "from 100 to 10 mS/cm2"]),
        ({"g_Na": (100, 100)}, ["g_Na", "from 100 to 100 mS/cm2"]),
        ({"current": (0, 10, 20)}, ["current: 20", "from 0 to 10 uA/cm2"]),
        ({"current": (0, float("nan"))}, ["current high = nan uA/cm2", "give a number"]),
        ({"current": (0, 1, 0.5, 0.1, 7)}, ["current = (0, 1, 0.5, 0.1, 7)", "(low, high)", "a step"]),
        ({"current": (3,)}, ["current = (3,)", "(low, high)"]),
        ({"E_K": float("inf")}, ["E_K = inf mV"]),
        ({"E_K": 1000.0}, ["E_K = 1000 mV", "use -150 to 50 mV"]),
        ({"kinds": ["step", "stair"]}, ["'stair'", "'step', 'ramp', 'pulse', 'drawn'"]),
    ],
)
def test_a_wrong_request_is_refused_with_argument_value_unit_and_remedy(ranges, words):
    with pytest.raises(ValueError) as refusal:
        Explorer(HH, **ranges)
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"g_Na": "wide"}, ["g_Na", "mS/cm2"]),
        ({"g_Na": ("a", 10)}, ["g_Na low", "one number in mS/cm2"]),
        ({"g_Na": (0, [1, 2])}, ["g_Na high", "one number in mS/cm2"]),
        ({"g_Na": None}, ["g_Na", "one number in mS/cm2"]),
    ],
)
def test_a_request_of_the_wrong_kind_is_refused_with_argument_and_unit(ranges, words):
    with pytest.raises(TypeError) as refusal:
        Explorer(HH, **ranges)
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"current": (0, 10, 5, 0)}, ["current", "step"]),
        ({"current": (0, 10, 5, -1)}, ["current", "step"]),
        ({"duration": (0, 100)}, ["duration", "ms"]),
        ({"current": (-9000, 9000)}, ["current", "-500 to 500"]),
        ({"panels": ["V", "I_Ca"]}, ["I_Ca", "V, n, m, h, I_Na, I_K, I_L, current"]),
        ({"kinds": []}, ["kinds", "'step'"]),
        ({"dt": 1.0}, ["dt = 1 ms", "0.05 ms"]),
        ({"pulses": [float("nan")]}, ["pulses"]),
        ({"name": "two words"}, ["name", "'two words'"]),
    ],
)
def test_what_would_leave_an_explorer_dead_is_refused_when_it_is_made(ranges, words):
    with pytest.raises(ValueError) as refusal:
        Explorer(HH, **ranges)
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("current", 161, ["current = 161 uA/cm2", "use -20 to 160 uA/cm2"]),
        ("celsius", -1, ["celsius = -1 degrees C", "use 0 to 30 degrees C"]),
        ("g_Na", float("nan"), ["g_Na = nan mS/cm2", "not finite"]),
    ],
)
def test_a_setting_outside_its_range_is_refused_and_the_old_one_stays(name, value, words):
    explorer = sb.explore.hodgkin_huxley_neuron()
    before = explorer.settings
    with pytest.raises(ValueError) as refusal:
        setattr(explorer, name, value)
    for word in words:
        assert word in str(refusal.value)
    assert explorer.settings == before


@pytest.mark.parametrize(("name", "value"), [("current", "much"), ("current", [1, 2]), ("g_K", None)])
def test_a_setting_that_is_no_number_is_refused(name, value):
    explorer = sb.explore.hodgkin_huxley_neuron()
    before = explorer.settings
    with pytest.raises(TypeError, match=f"{name} must be one number in"):
        setattr(explorer, name, value)
    assert explorer.settings == before


@pytest.mark.parametrize(
    ("name", "value"), [("stimulus", "stair"), ("pulses", [1.0] * 41), ("pulses", ["a"]), ("drawn", 3)]
)
def test_a_stimulus_that_does_not_exist_is_refused(name, value):
    explorer = sb.explore.hodgkin_huxley_neuron()
    before = explorer.settings
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(explorer, name, value)
    assert explorer.settings == before


def test_a_model_that_cannot_be_translated_is_refused_with_its_line_but_still_simulates():
    model = simple(derivatives={"x": remainder})
    with pytest.raises(Untranslatable) as refusal:
        Explorer(model, current=(0, 1))
    assert "remainder: `(I - x) % a` cannot run in a web page" in str(refusal.value)
    assert "floor" in str(refusal.value) and "rewrite this line" in str(refusal.value)
    assert sb.simulate(model, 1.2, duration=10, dt=0.1).x[-1] > 0


def test_a_model_whose_names_collide_with_the_input_is_refused():
    def dy(x, I, onset):
        return onset * (I - x)

    model = simple(parameters={"onset": sb.Parameter(1.0, "ms", "mine", 0, 2)}, derivatives={"x": dy})
    with pytest.raises(ValueError, match="Simple has a 'onset' of its own"):
        Explorer(model)


def test_without_ranges_every_parameter_has_a_slider_and_with_one_only_that():
    every = {control["name"] for control in Explorer(HH)._spec["controls"]}
    assert set(HH.parameters) <= every and {"current", "onset", "width", "duration"} <= every
    few = {control["name"] for control in Explorer(HH, g_K=(0, 72), duration=50)._spec["controls"]}
    assert few & set(HH.parameters) == {"g_K"} and "duration" not in few


def test_documented_limits_are_those_of_the_controls():
    for control in Explorer(HH)._spec["controls"]:
        if control["name"] in HH.parameters:
            parameter = HH.parameters[control["name"]]
            assert (control["low"], control["high"], control["value"]) == (
                parameter.low,
                parameter.high,
                parameter.value,
            )
            assert (control["unit"], control["meaning"]) == (parameter.unit, parameter.meaning)
            assert 50 <= (control["high"] - control["low"]) / control["step"] <= 1000


def test_settings_are_traits_that_are_read_set_and_observed():
    explorer = sb.explore.hodgkin_huxley_neuron()
    seen = []
    explorer.observe(lambda change: seen.append((change.name, change.old, change.new)), names=["current", "stimulus"])
    explorer.current, explorer.stimulus = 20, "ramp"
    assert seen == [("current", 10.0, 20.0), ("stimulus", "step", "ramp")]
    assert explorer.settings["current"] == 20 and explorer.settings["stimulus"] == "ramp"
    assert sb.explore.hodgkin_huxley_neuron().current == 10  # one explorer's settings are not another's


@pytest.mark.parametrize(
    ("settings", "current"),
    [
        ({}, sb.stimuli.step(10, 10, 90)),
        ({"stimulus": "ramp", "current": 40}, sb.stimuli.ramp(0, 40, 10, 90) + sb.stimuli.step(40, 90)),
        ({"stimulus": "pulse", "pulse_width": 2.5}, sb.stimuli.step(10, 10, 12.5)),
        ({"stimulus": "drawn", "drawn": [0.0, 30.0, 5.0]}, sb.stimuli.from_array([0, 30, 5], 1.0)),
        ({"current": 0, "pulses": [20.0, 50.0]}, sb.stimuli.pulses(20, [20, 50], 1.0)),
        ({"g_K": 20, "celsius": 18.5, "duration": 40}, sb.stimuli.step(10, 10, 90)),
    ],
)
def test_its_trace_is_what_simulate_gives_for_its_settings(settings, current):
    explorer = sb.explore.hodgkin_huxley_neuron()
    for name, value in settings.items():
        setattr(explorer, name, value)
    parameters = {name: value for name, value in settings.items() if name in HH.parameters}
    duration = settings.get("duration", 100)
    expected = sb.simulate(HH, current, duration, dt=0.02, method="exponential_euler", **parameters)
    trace = explorer.trace()
    assert np.array_equal(trace.V, expected.V) and np.array_equal(trace.spike_times, expected.spike_times)
    assert np.ptp(trace.V) > 5


def test_its_traces_are_near_enough_to_the_accurate_ones():
    explorer = sb.explore.hodgkin_huxley_neuron()
    accurate = sb.simulate(HH, sb.stimuli.step(10, 10, 90), 100)
    assert len(explorer.trace().spike_times) == len(accurate.spike_times) == 6
    assert np.abs(explorer.trace().spike_times - accurate.spike_times).max() < 0.2


def test_the_membranes_arrays_are_its_run_and_what_it_settles_by():
    explorer = sb.explore.membrane_potential()
    explorer.P_Na, explorer.K_out, explorer.celsius = 0.5, 40, 20
    found = explorer.trace()
    run = sb.simulate(sb.permeability.MEMBRANE, 0, 10, initial={"V": 0}, P_Na=0.5, K_out=40, celsius=20)
    assert np.array_equal(found.V, run.V) and np.array_equal(found.I_Na, run.I_Na) and np.array_equal(found.t, run.t)
    squid = sb.membrane_potential.SQUID
    outside = {**squid["outside"], "K": 40}
    rest = sb.membrane_potential.goldman({"K": 1, "Na": 0.5, "Cl": 0.45}, outside, squid["inside"], 20)
    assert found.V_rest[0] == pytest.approx(rest, abs=1e-12) and abs(found.V[-1] - rest) < 0.1 < abs(found.V[0] - rest)
    for ion, z in (("K", 1), ("Na", 1), ("Cl", -1)):
        E = sb.membrane_potential.nernst(z, outside[ion], squid["inside"][ion], 20)
        assert np.all(found[f"E_{ion}"] == pytest.approx(E, abs=1e-12))


def test_a_kind_of_explorer_must_say_what_it_computes():
    from spikebook.explore.base import ExplorerBase
    from spikebook.explore.controls import choice, slider

    controls = [
        choice("animal", "whose", "all", {"squid": "a squid", "cat": "a cat"}),
        slider("x", "mV", "where", "all", (0, 1)),
    ]
    explorer = ExplorerBase(
        "bench", "bench", "A bench", controls=controls, equations="", code="", lists={"at": ([1.0], 2)}
    )
    assert explorer.settings == {"animal": "squid", "x": 0.5, "at": [1.0]}
    explorer.animal, explorer.x, explorer.at = "cat", 1, [0.0, 2.0]
    assert explorer.settings == {"animal": "cat", "x": 1.0, "at": [0.0, 2.0]}
    for name, value in (("animal", "dog"), ("at", [1.0, 2.0, 3.0])):
        with pytest.raises(traitlets.TraitError, match=name):
            setattr(explorer, name, value)
    with pytest.raises(ValueError, match="x = 2 mV is outside this explorer's range"):
        explorer.x = 2
    with pytest.raises(NotImplementedError, match="ExplorerBase must say"):
        explorer.trace()


def test_a_voltage_that_is_reset_is_drawn_around_its_threshold():
    quantities = sb.explore.membrane_potential_integrate_and_fire()._spec["quantities"]
    assert quantities["V"]["base"] == [-72.5, -35.0]
    assert "base" not in sb.explore.intro()._spec["quantities"]["V"]


def test_the_page_gets_all_it_needs_and_nothing_that_breaks_it():
    explorer = Explorer(HH, name="mine", title='a </script> & a "quote"', hint="<b>")
    text = explorer._html()
    assert text.count("</script>") == 1
    spec = json.loads(re.search(r'<script type="application/json">(.*?)</script>', text, re.S)[1])
    assert spec["title"] == 'a </script> & a "quote"' and spec["settings"] == explorer.settings
    assert 'data-explorer="mine"' in text
    data, _ = explorer._repr_mimebundle_()
    assert data["text/html"] == text and "application/vnd.jupyter.widget-view+json" in data


def test_every_chapters_explorer_bears_its_chapters_name():
    assert sb.explore.__all__[0] == "Explorer" and len(sb.explore.__all__) > 1
    for name in sb.explore.__all__[1:]:
        explorer = getattr(sb.explore, name)()
        assert explorer._spec["name"] == name
        assert len(explorer._spec["controls"]) >= 2


def test_the_front_end_is_joined_without_modules_and_is_light():
    import gzip

    script, module = bundle.page_script(), bundle.widget_module()
    assert not re.search(r"^\s*(import|export) ", script, re.M)
    assert re.findall(r"^export .*", module, re.M) == ["export default { render };"]
    assert "http" not in re.sub(r"https?://www\.w3\.org\S*", "", script)
    assert len(gzip.compress((script + bundle.stylesheet()).encode())) < 60_000


def test_an_explorer_may_keep_its_current_fixed():
    explorer = Explorer(HH, current=10, g_Na=(0, 200))
    assert "current" not in explorer.settings
    assert len(explorer.trace().spike_times) == 6


def test_the_sliders_of_a_model_with_a_narrow_input_stay_within_it():
    narrow = dataclasses.replace(HH, name="narrow", current_range=(0, 5))
    explorer = Explorer(narrow)
    controls = {control["name"]: control for control in explorer._spec["controls"]}
    assert (controls["current"]["low"], controls["current"]["high"]) == (0, 5)
    assert (controls["pulse_current"]["low"], controls["pulse_current"]["high"]) == (0, 5)
