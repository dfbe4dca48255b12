"""The plane of Izhikevich's neurons: its formulas against the general search, against pencil and paper, and against what a
simulation does; and the explorer that shows it. The equations and the published cells are in `test_izhikevich.py`."""

import numpy as np
import pytest

import spikebook as sb
from spikebook.compilation import array, gather
from spikebook.firing_patterns import ACCOMMODATING, CLASS_1
from spikebook.izhikevich import CELLS, CELLS_2007, MODEL, MODEL_2007
from spikebook.izhikevich_model import (
    KINDS,
    SCALAR,
    fast_nullcline,
    fixed_points,
    plane,
    rest_is_lost,
    slow_nullcline,
    velocity,
)

WINDOW = {"v": (-120, 0), "u": (-80, 80)}
WINDOW_2007 = {"v": (-120, 0), "u": (-600, 600)}


def random_cells(count, seed=1):
    """a and b, and an input below the saddle-node, mostly close to it."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        b = rng.uniform(-0.2, 0.3)
        yield {"a": rng.uniform(0.005, 0.3), "b": b}, (5 - b) ** 2 / 0.16 - 140 - rng.uniform(0.01, 2) ** 4


def test_a_plane_is_the_equations_own_coefficients():
    np.testing.assert_allclose(
        plane(MODEL, a=0.1, b=0.26), [0.04, 5, 140, -1, 1, 0, 0.026, -0.1], rtol=1e-12, atol=1e-13
    )
    np.testing.assert_allclose(plane(CLASS_1)[:3], [0.04, 4.1, 108], rtol=1e-12)
    np.testing.assert_allclose(plane(ACCOMMODATING)[5:], [0.02 * 65, 0.02, 0], rtol=1e-12, atol=1e-14)
    C, k, v_r, v_t, _, a, b, _, _ = CELLS_2007["RS"].values()
    expected = [k / C, -k * (v_r + v_t) / C, k * v_r * v_t / C, -1 / C, 1 / C, -a * b * v_r, a * b, -a]
    np.testing.assert_allclose(plane(MODEL_2007), expected, rtol=1e-11)


def test_along_the_nullclines_one_variable_stands_still():
    for model in (MODEL, CLASS_1, MODEL_2007):
        form, moves = plane(model), np.zeros(2)
        for v in (-80, -62.5, -40):
            velocity(form, v, fast_nullcline(form, v, 3.0), 3.0, moves)
            assert abs(moves[0]) < 1e-10
            velocity(form, v, slow_nullcline(form, v), 3.0, moves)
            assert abs(moves[1]) < 1e-12


@pytest.mark.parametrize(
    ("model", "window", "currents"),
    [
        (MODEL, WINDOW, (-10, 0, 3.7)),
        (CLASS_1, WINDOW, (-5, 0, 2)),
        (ACCOMMODATING, {"v": (-120, 0), "u": (-30, 20)}, (-2, 0.5, 5)),
        (MODEL_2007, WINDOW_2007, (-200, 0, 50)),
    ],
    ids=["2003", "class 1", "accommodation", "2007"],
)
def test_fixed_points_are_those_of_the_general_search(model, window, currents):
    for I in currents:
        found, searched = fixed_points(model, I), sb.phase_plane.fixed_points(model, I, window)
        assert [point.kind for point in found] == [point.kind for point in searched] and found
        for point, other in zip(found, searched):
            np.testing.assert_allclose([point.v, point.u], [*other.state.values()], rtol=1e-8, atol=1e-7)


def test_kinds_are_those_of_the_eigenvalues_for_many_cells():
    seen = set()
    for parameters, I in random_cells(300):
        for point in fixed_points(MODEL, I, **parameters):
            rates = sb.phase_plane.eigenvalues(MODEL, {"v": point.v, "u": point.u}, I, **parameters)
            if min(abs(rates.real)) < 1e-6 or 0 < abs(rates[0].imag) < 1e-3:
                continue  # too close to the border between two kinds
            turns = abs(rates[0].imag) > 0
            kind = "saddle" if rates[0].real > 0 > rates[1].real else "node" if not turns else "focus"
            sign = "" if kind == "saddle" else "stable " if rates[0].real < 0 else "unstable "
            assert point.kind == sign + kind
            seen.add(point.kind)
    assert seen == set(KINDS)


def test_without_a_crossing_there_is_no_fixed_point():
    assert fixed_points(MODEL, 4.01) == []
    assert len(fixed_points(MODEL, 3.99)) == 2


def test_rest_is_lost_where_pencil_and_paper_say():
    """Saddle-node at (5 - b)^2 / 0.16 - 140; Hopf where 0.08 v + 5 = a, and only for b > a."""
    for parameters, _ in random_cells(50, seed=2):
        a, b = parameters.values()
        *first, last = rest_is_lost(MODEL, **parameters)
        assert last.kind == "saddle-node" and last.current == pytest.approx((5 - b) ** 2 / 0.16 - 140, abs=1e-9)
        assert [edge.kind for edge in first] == ["Andronov-Hopf"] * (b > a)
        for edge in first:
            assert edge.v == pytest.approx((a - 5) / 0.08)
            assert edge.current == pytest.approx(b * edge.v - (0.04 * edge.v**2 + 5 * edge.v + 140), abs=1e-9)
            assert edge.current <= last.current


@pytest.mark.parametrize("name", ["RS", "TC", "RZ"])
def test_rest_is_lost_where_the_general_search_finds_it(name):
    parameters = CELLS[name].parameters
    searched = sb.phase_plane.bifurcations(MODEL, "I", -20, 20, window=WINDOW, **parameters)
    found = rest_is_lost(MODEL, **parameters)
    assert [edge.kind for edge in found] == [other.kind for other in searched]
    np.testing.assert_allclose([e.current for e in found], [o.value for o in searched], atol=1e-6)
    np.testing.assert_allclose([e.v for e in found], [o.point.state["v"] for o in searched], atol=1e-4)


@pytest.mark.parametrize("name", CELLS_2007)
def test_cells_of_2007_lose_rest_where_the_general_search_finds_it(name):
    searched = sb.phase_plane.bifurcations(MODEL_2007, "I", 0, 500, window=WINDOW_2007, **CELLS_2007[name])
    found = rest_is_lost(MODEL_2007, **CELLS_2007[name])
    assert [edge.kind for edge in found] == [other.kind for other in searched]
    np.testing.assert_allclose([e.current for e in found], [o.value for o in searched], rtol=1e-6)


def test_a_line_that_stands_upright_has_one_crossing_and_no_edge():
    (point,) = fixed_points(ACCOMMODATING, 1)
    assert (point.v, point.u) == (pytest.approx(-65), pytest.approx(0.04 * 65**2 - 325 + 140 + 1))
    assert rest_is_lost(ACCOMMODATING) == []


@pytest.mark.parametrize(("I", "stays"), [(3.75, True), (3.79, True), (3.805, False), (3.9, False)])
def test_a_push_dies_where_the_point_is_called_stable_and_grows_where_not(I, stays):
    point = fixed_points(MODEL, I)[0]
    assert point.kind.startswith("stable") == stays
    away = np.abs(sb.simulate(MODEL, I, 2000, 0.05, initial={"v": point.v + 1e-3, "u": point.u}).v - point.v)
    assert (away[-4000:].max() < 0.5 * away[:4000].max()) == stays


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (sb.hodgkin_huxley.MODEL, "this plane needs two variables and their rates"),
        (sb.reduced_models.FITZHUGH_NAGUMO, "no parabola and straight line; use spikebook.phase_plane"),
        (sb.reduced_models.ADAPTIVE_EXPONENTIAL, "no parabola and straight line"),
    ],
)
def test_another_model_is_refused(model, words):
    with pytest.raises(ValueError, match=words):
        fixed_points(model)


def test_wrong_numbers_are_refused_by_name():
    with pytest.raises(ValueError, match="unknown parameter 'e'"):
        rest_is_lost(MODEL, e=1)
    with pytest.raises(TypeError, match="I"):
        fixed_points(MODEL, "much")


def test_the_scalar_functions_are_one_text_that_a_page_can_run():
    from spikebook.explore.translate import javascript

    text = javascript(gather(SCALAR))
    assert all(f"var {function.__name__} = " in text for function in SCALAR)
    assert isinstance(array([1.0]), (list, np.ndarray))


# ---- the explorer


def test_its_presets_are_the_published_cells_at_rest_before_their_current():
    presets = sb.explore.izhikevich_model()._spec["presets"]
    names = {"Regular spiking": "RS", "Intrinsically bursting": "IB", "Chattering": "CH", "Fast spiking": "FS"}
    names |= {"Low-threshold spiking": "LTS", "Thalamo-cortical": "TC", "The same, released": "TC", "Resonator": "RZ"}
    assert list(presets) == list(names)
    for label, name in names.items():
        settings, explorer = presets[label], sb.explore.izhikevich_model()
        assert {key: settings[key] for key in "abcd"} == CELLS[name].parameters
        for key, value in settings.items():
            setattr(explorer, key, value)  # in the range of its control
        assert len(explorer.trace().spike_times) >= (label != "Resonator")
    held = presets["The same, released"]
    moves = sb.phase_plane.fixed_points(MODEL, -25, WINDOW, a=0.02, b=0.25)[0].state
    assert (held["v_start"], held["u_start"]) == (
        pytest.approx(moves["v"], abs=0.01),
        pytest.approx(moves["u"], abs=0.01),
    )


def test_its_trace_is_the_simulation_and_the_plane():
    explorer = sb.explore.izhikevich_model()
    found = explorer.trace()
    drive = sb.stimuli.step(3.7) + sb.stimuli.pulses(10, [130], 2)
    run = sb.simulate(MODEL, drive, 200, 0.05, initial={"v": -70, "u": -14})
    np.testing.assert_array_equal(found.v, run.v)
    np.testing.assert_array_equal(found.spike_times, run.spike_times)
    np.testing.assert_allclose(found.rest_is_lost, [3.7975, 4])
    assert [KINDS[int(kind)] for kind in found.kinds] == ["stable focus", "saddle"]


def test_its_schemes_are_eulers_of_the_published_kind():
    explorer = sb.explore.izhikevich_model()
    for key, value in explorer._spec["presets"]["Fast spiking"].items():
        setattr(explorer, key, value)
    counts = {}
    for scheme in ("converged", "0.1", "0.25", "0.5"):
        explorer.scheme = scheme
        counts[scheme] = len(explorer.trace().spike_times)
    assert counts["converged"] > counts["0.1"] > counts["0.25"] > counts["0.5"]


def test_an_explorer_of_a_variant_is_made_in_the_same_way():
    from spikebook.explore.phase_plane import PhasePlane

    variant = PhasePlane(
        CLASS_1, "variant", "A variant", "", parameters={"a": (0.01, 0.1, 0.02, 0.01)}, current=(-5, 30, 10, 0.1),
        window={"v": (-90, 35), "u": (-10, 20)}, start={"v": -60, "u": 6}, presets={},
    )  # fmt: skip
    assert len(variant.trace().spike_times) > 1 and variant.trace().rest_is_lost.tolist() == [pytest.approx(2.25)]
