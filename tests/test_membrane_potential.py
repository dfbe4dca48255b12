"""Where the ions leave the membrane: numbers of the reference, limits and symmetries of the equations, and agreement with
simulations of the same membrane."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import load

import spikebook as sb
from spikebook.hodgkin_huxley import MODEL
from spikebook.membrane_potential import (
    MAMMAL,
    SQUID,
    VALENCE,
    F,
    R,
    charging,
    chord,
    concentration_change,
    goldman,
    ions_moved,
    nernst,
    time_constant,
)

REFERENCE = load("membrane_and_synapses")
examples = settings(derandomize=True, deadline=None, database=None)
CONCENTRATION = st.floats(1e-6, 1e3)
CELSIUS = st.floats(-20, 60)
SOLUTION = st.fixed_dictionaries(dict.fromkeys(["K", "Na", "Cl"], CONCENTRATION))
PERMEABILITY = st.fixed_dictionaries(dict.fromkeys(["K", "Na", "Cl"], st.floats(1e-6, 100)))


def within_the_last_digit(value, expected):
    return value == pytest.approx(expected, rel=0, abs=0.5 * 10.0 ** -len(str(expected).partition(".")[2]) * 1.001)


# ---- numbers of the reference


def test_constants_and_concentrations_are_those_of_the_reference():
    assert (R, F) == (REFERENCE["constants"]["R"], REFERENCE["constants"]["F"])
    for ours, theirs in ((SQUID, REFERENCE["squid"]), (MAMMAL, REFERENCE["mammal_37C"])):
        assert ours == {"outside": theirs["mM_outside"], "inside": theirs["mM_inside"]}


@pytest.mark.parametrize(
    "solution, celsius, expected",
    [
        (SQUID, 6.3, REFERENCE["squid"]["E_mV_6.3C"]),
        (SQUID, 20.0, REFERENCE["squid"]["E_mV_20C"]),
        (MAMMAL, 37.0, REFERENCE["mammal_37C"]["E_mV"]),
    ],
)
def test_nernst_potentials_are_those_of_the_reference(solution, celsius, expected):
    for ion, E in expected.items():
        computed = nernst(VALENCE[ion], solution["outside"][ion], solution["inside"][ion], celsius)
        assert within_the_last_digit(computed, E), ion


def test_goldman_potentials_are_those_of_the_reference():
    squid = REFERENCE["squid"]["GHK_mV_6.3C"]
    at_rest, at_the_peak = ({"K": 1, "Na": Na, "Cl": 0.45} for Na in (0.04, 20))
    assert within_the_last_digit(goldman(at_rest, **SQUID, celsius=6.3), squid["P 1:0.04:0.45 (K:Na:Cl)"])
    assert within_the_last_digit(goldman(at_the_peak, **SQUID, celsius=6.3), squid["P 1:20:0.45"])
    assert within_the_last_digit(goldman(at_rest, **MAMMAL), REFERENCE["mammal_37C"]["GHK_mV_1:0.04:0.45"])


def test_the_squid_membranes_time_constant_at_rest_is_that_of_the_reference():
    rest = MODEL.rest()
    g = 120 * rest["m"] ** 3 * rest["h"] + 36 * rest["n"] ** 4 + 0.3
    assert within_the_last_digit(time_constant(1.0, g), REFERENCE["squid_resting_time_constant_ms"])


# ---- limits and symmetries


@examples
@given(st.sampled_from([-2, -1, 1, 2]), CONCENTRATION, CONCENTRATION, CELSIUS)
def test_swapping_the_sides_or_the_charge_flips_the_sign(z, outside, inside, celsius):
    E = nernst(z, outside, inside, celsius)
    assert nernst(z, inside, outside, celsius) == pytest.approx(-E, abs=1e-9)
    assert nernst(-z, outside, inside, celsius) == pytest.approx(-E, abs=1e-12)
    assert nernst(2 * z, outside, inside, celsius) == pytest.approx(E / 2, abs=1e-12)


def test_a_tenfold_gradient_is_worth_58_mV_at_20_degrees_and_nothing_at_equal_concentrations():
    assert nernst(1, 10, 1, celsius=20) == pytest.approx(58.17, abs=0.005)
    assert nernst(1, 7, 7) == 0
    assert nernst(1, 10, 1, celsius=-273.14) == pytest.approx(0, abs=0.01)


def flux(V, P, outside, inside, z, celsius):
    """The current of one ion through a constant field, up to a factor: its electrodiffusion equation integrated
    numerically, not in closed form."""
    u = z * V * F / (1000 * R * (celsius + 273.15))
    x = np.linspace(0, 1, 20001)
    weight = np.exp(-u * (1 - x))
    integral = np.sum((weight[1:] + weight[:-1]) / 2) * (x[1] - x[0])
    return z * P * (inside - outside * np.exp(-u)) / integral


@pytest.mark.parametrize(
    "P", [{"K": 1, "Na": 0.04, "Cl": 0.45}, {"K": 1, "Na": 20, "Cl": 0.45}, {"K": 0, "Na": 1, "Cl": 2}]
)
def test_at_the_goldman_potential_the_fluxes_through_a_constant_field_cancel(P):
    V = goldman(P, **SQUID, celsius=6.3)

    def net(V):
        return sum(
            flux(V, P[ion], SQUID["outside"][ion], SQUID["inside"][ion], VALENCE[ion], 6.3) for ion in ("K", "Na", "Cl")
        )

    scale = max(abs(flux(V, P[ion], SQUID["outside"][ion], SQUID["inside"][ion], VALENCE[ion], 6.3)) for ion in P)
    assert abs(net(V)) < 1e-6 * scale
    assert net(V - 1) < -1e-3 * scale < 1e-3 * scale < net(V + 1)


@examples
@given(SOLUTION, SOLUTION, CELSIUS, st.sampled_from(["K", "Na", "Cl"]))
def test_a_membrane_that_lets_one_ion_through_sits_at_its_nernst_potential(outside, inside, celsius, ion):
    P = {"K": 0.0, "Na": 0.0, "Cl": 0.0, ion: 3.0}
    expected = nernst(VALENCE[ion], outside[ion], inside[ion], celsius)
    assert goldman(P, outside, inside, celsius) == pytest.approx(expected, abs=1e-9)


@examples
@given(PERMEABILITY, SOLUTION, SOLUTION, CELSIUS, st.floats(1e-3, 1e3))
def test_the_goldman_potential_lies_between_the_nernst_potentials_and_depends_on_ratios_alone(
    P, outside, inside, celsius, k
):
    V = goldman(P, outside, inside, celsius)
    E = [nernst(VALENCE[ion], outside[ion], inside[ion], celsius) for ion in P]
    assert min(E) - 1e-9 <= V <= max(E) + 1e-9
    assert goldman({ion: k * p for ion, p in P.items()}, outside, inside, celsius) == pytest.approx(V, abs=1e-9)


@examples
@given(st.dictionaries(st.text(), st.tuples(st.floats(1e-3, 100), st.floats(-150, 150)), min_size=1, max_size=5))
def test_at_the_chord_potential_the_currents_cancel(branches):
    g, E = ({name: pair[k] for name, pair in branches.items()} for k in (0, 1))
    V = chord(g, E)
    currents = [g[name] * (V - E[name]) for name in g]
    assert abs(sum(currents)) <= 1e-12 * (1 + sum(map(abs, currents))) * len(g) * 10


def test_the_chord_potential_of_the_open_conductances_is_the_neurons_rest():
    rest = MODEL.rest()
    g = {"Na": 120 * rest["m"] ** 3 * rest["h"], "K": 36 * rest["n"] ** 4, "L": 0.3}
    assert chord(g, {"Na": 50.0, "K": -77.0, "L": -54.387}) == pytest.approx(rest["V"], abs=1e-9)


def test_the_passive_membrane_charges_as_its_simulation_does():
    trace = sb.simulate(MODEL, sb.stimuli.step(2.0, start=5), 60, C=2.0, g_L=0.1, g_Na=0, g_K=0, E_L=-70)
    np.testing.assert_allclose(charging(trace.t - 5, 2.0, C=2.0, g=0.1, E=-70), trace.V, rtol=0, atol=1e-9)


def test_after_one_time_constant_the_membrane_has_63_percent_of_the_way_behind_it():
    tau = time_constant(C=1.0, g=0.1)
    assert tau == 10
    V = charging([-5, 0, tau, 1000], 2.0, C=1.0, g=0.1, E=-65)
    np.testing.assert_allclose(V, [-65, -65, -65 + 20 * (1 - np.exp(-1)), -45], rtol=1e-12)


def test_arrays_broadcast_and_numbers_give_numbers():
    outside = np.array([2.5, 5, 10])
    E = nernst(1, outside[:, None], [100, 140], celsius=37)
    assert E.shape == (3, 2)
    assert E[1, 1] == nernst(1, 5, 140)
    P = {"K": 1, "Na": np.array([0.01, 0.04, 1, 20]), "Cl": 0.45}
    V = goldman(P, **SQUID, celsius=6.3)
    np.testing.assert_allclose(V, [goldman({**P, "Na": Na}, **SQUID, celsius=6.3) for Na in P["Na"]])
    assert np.all(np.diff(V) > 0)
    for value in (nernst(1, 5, 140), goldman({"K": 1}, **MAMMAL), chord({"K": 1.0}, {"K": -80}), time_constant(1, 2)):
        assert type(value) is float
    np.testing.assert_allclose(chord({"K": [1.0, 2.0], "Na": 1.0}, {"K": -80, "Na": 40}), [-20, -40])


def test_more_potassium_outside_depolarises():
    V = [
        goldman({"K": 1, "Na": 0.04, "Cl": 0.45}, {**MAMMAL["outside"], "K": K}, MAMMAL["inside"])
        for K in (3, 5, 10, 20)
    ]
    assert np.all(np.diff(V) > 0)


def test_few_ions_move_and_they_are_the_charge_of_the_capacitor():
    # 1 uF/cm2 times 100 mV is 1e-7 C/cm2, which is 1e-7 / F mol/cm2: the picomole of the textbooks.
    assert ions_moved(100) * 1e8 / 6.02214076e23 == pytest.approx(1e-7 / F, rel=1e-9)
    assert ions_moved(-100, C=2) == pytest.approx(-2 * ions_moved(100))
    radius = 10.0  # um: the ions that cross a ball's surface, over its volume
    crossing = ions_moved(100) * 4 * np.pi * radius**2 / 6.02214076e23 * 1e3
    litres = 4 / 3 * np.pi * radius**3 * 1e-15
    assert concentration_change(100, 3 / radius) == pytest.approx(crossing / litres, rel=1e-9)


def test_all_ions_of_zero_permeability_are_refused_in_any_place_of_an_array():
    with pytest.raises(ValueError, match="every permeability is 0"):
        goldman({"K": np.array([1.0, 0.0]), "Na": 0.0}, **MAMMAL)


# ---- what is refused


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: nernst(1, 0, 140), r"^outside = 0 mM is not above 0"),
        (lambda: nernst(1, 5, -140), r"^inside = -140 mM is not above 0"),
        (lambda: nernst(0, 5, 140), r"^valence = 0"),
        (lambda: nernst(1, 5, 140, celsius=-273.15), r"^celsius = -273.15 degrees C is not above absolute zero"),
        (lambda: nernst(1, [5, np.nan], 140), r"^outside has a value that is not finite"),
        (lambda: nernst(1, np.inf, 140), r"^outside = inf"),
        (lambda: goldman({"Ca": 1}, **MAMMAL), r"'Ca'.*ions of one charge"),
        (lambda: goldman({"K": -1}, **MAMMAL), r"^permeability of K = -1 is below 0"),
        (lambda: goldman({"K": 0, "Na": 0}, **MAMMAL), r"^every permeability is 0"),
        (lambda: goldman({"K": 1}, {"Na": 145}, {"K": 140}), r"^outside has no K"),
        (lambda: chord({"K": 1}, {"Na": 50}), r"differ in K, Na"),
        (lambda: chord({"K": -1}, {"K": -80}), r"^conductance of K = -1 mS/cm2"),
        (lambda: chord({"K": 0.0}, {"K": -80}), r"^every conductance is 0"),
        (lambda: time_constant(1, 0), r"^g = 0 mS/cm2 is not above 0"),
        (lambda: ions_moved(100, C=0), r"^C = 0 uF/cm2"),
        (lambda: concentration_change(100, 0), r"^surface_to_volume = 0 per um is not above 0"),
        (lambda: charging(0, 1, C=-1, g=1, E=-65), r"^C = -1 uF/cm2"),
    ],
)
def test_what_has_no_answer_is_refused_by_name(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: nernst("K", 5, 140),
        lambda: nernst(1, ["5"], [["a"]]),
        lambda: goldman(1.0, **MAMMAL),
        lambda: chord([1], [2]),
    ],
)
def test_what_is_no_number_is_refused(call):
    with pytest.raises(TypeError):
        call()
