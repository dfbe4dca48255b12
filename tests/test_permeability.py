"""Ions through a membrane of constant permeabilities, and a cell whose pump stops: integrals, balances, exact scaling, and
the equilibria where it must begin and end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_membrane_potential import CELSIUS, CONCENTRATION, flux

import spikebook as sb
from spikebook.membrane_potential import MAMMAL, RESTING, SQUID, F, goldman, nernst, thermal_voltage
from spikebook.permeability import I_K, MEMBRANE, I_Cl, I_goldman, I_Na, run_down, steady_potential

examples = settings(derandomize=True, deadline=None, database=None, max_examples=50)
VOLTAGE = st.floats(-120, 120)


# ---- the currents


@examples
@given(VOLTAGE, st.sampled_from([-1, 1, 2]), st.floats(0.01, 10), CONCENTRATION, CONCENTRATION, CELSIUS)
def test_the_current_is_the_flux_through_a_constant_field_integrated(V, z, P, outside, inside, celsius):
    expected = 1e-6 * F * flux(V, P, outside, inside, z, celsius)
    assert I_goldman(V, z, P, outside, inside, celsius) == pytest.approx(expected, rel=1e-5, abs=1e-12)


@examples
@given(st.sampled_from([-1, 1, 2]), CONCENTRATION, CONCENTRATION, CELSIUS)
def test_an_ion_is_in_balance_at_its_nernst_potential_and_flows_outward_above_it(z, outside, inside, celsius):
    E = nernst(z, outside, inside, celsius)
    scale = 1e-6 * F * abs(z) * (outside + inside)
    assert abs(I_goldman(E, z, 1.0, outside, inside, celsius)) < 1e-9 * scale
    assert I_goldman(E - 1, z, 1.0, outside, inside, celsius) < 0 < I_goldman(E + 1, z, 1.0, outside, inside, celsius)


def test_without_a_voltage_it_is_plain_diffusion():
    # 1e-6 cm/s times 100 mM is 1e-10 mol/(cm2 s), which times F is 9.65 uA/cm2.
    assert I_goldman(0.0, 1, 1.0, 40.0, 140.0, 6.3) == pytest.approx(9.648533212, rel=1e-12)
    assert I_goldman(0.0, -1, 1.0, 40.0, 140.0, 6.3) == pytest.approx(-9.648533212, rel=1e-12)


@pytest.mark.parametrize("P", [RESTING, {"K": 1.0, "Na": 20.0, "Cl": 0.45}, {"K": 0.1, "Na": 0.0, "Cl": 2.0}])
def test_the_simulated_membrane_comes_to_rest_at_the_goldman_potential(P):
    permeability = {f"P_{ion}": value for ion, value in P.items()}
    V = goldman(P, **SQUID, celsius=6.3)
    assert MEMBRANE.rest(**permeability)["V"] == pytest.approx(V, abs=1e-9)
    trace = sb.simulate(MEMBRANE, 0, 100, initial={"V": 0.0}, **permeability)
    assert trace.V[-1] == pytest.approx(V, abs=0.01) and len(trace.spike_times) == 0
    other = sb.simulate(MEMBRANE, 0, 100, initial={"V": 0.0}, method="exponential_euler", **permeability)
    assert np.abs(other.V - trace.V).max() < 0.5


def test_the_charge_that_crossed_is_the_charge_on_the_membrane():
    trace = sb.simulate(MEMBRANE, 0, 50, initial={"V": 0.0}, C=2.0)
    crossed = np.trapezoid(trace.I_K + trace.I_Na + trace.I_Cl, trace.t)
    assert 2.0 * trace.V[-1] == pytest.approx(-crossed, rel=1e-5)
    assert abs(crossed) > 50  # nC/cm2


# ---- the pump


def test_in_the_steady_state_the_pump_makes_good_what_leaks():
    V = steady_potential(**MAMMAL)
    out, inside = MAMMAL["outside"], MAMMAL["inside"]
    to_Na = I_Na(V, RESTING["Na"], out["Na"], inside["Na"], 37)
    to_K = I_K(V, RESTING["K"], out["K"], inside["K"], 37)
    assert 2 * to_Na == pytest.approx(-3 * to_K, rel=1e-9)


@examples
@given(st.floats(0, 10), CELSIUS)
def test_the_pumps_share_of_the_voltage_stays_below_rt_over_f_ln_1_5(P_Na, celsius):
    permeability = {"K": 1.0, "Na": P_Na}
    with_pump, without = (
        steady_potential(**MAMMAL, permeability=permeability, celsius=celsius, ratio=r) for r in (1.5, 1)
    )
    assert without == pytest.approx(goldman({"K": 1.0, "Na": P_Na}, **MAMMAL, celsius=celsius), abs=1e-9)
    assert 0 <= without - with_pump < thermal_voltage(celsius) * np.log(1.5)


def test_a_cell_stays_as_it_is_while_its_pump_works_and_not_with_a_weaker_one():
    steady = run_down(minutes=60, stops=100)
    assert steady.V[0] == pytest.approx(steady_potential(**MAMMAL), abs=1e-9)
    assert max(map(np.ptp, steady[1:])) < 1e-8
    assert np.ptp(run_down(minutes=60, stops=0, left=0.9).Na) > 0.5


def test_the_inside_keeps_its_charge():
    cell = run_down(minutes=100)
    charge = cell.K + cell.Na - cell.Cl
    assert np.ptp(charge) < 1e-9 and np.ptp(cell.K) > 100


def test_without_a_pump_the_cell_ends_in_donnans_equilibrium():
    cell = run_down(minutes=3000, stops=0, dt=1)
    ratio = np.exp(-cell.V[-1] / thermal_voltage(37))
    out = MAMMAL["outside"]
    for found in (cell.K[-1] / out["K"], cell.Na[-1] / out["Na"], out["Cl"] / cell.Cl[-1]):
        assert found == pytest.approx(ratio, rel=1e-6)
    currents = [
        I_K(cell.V[-1], 1.0, out["K"], cell.K[-1], 37),
        I_Na(cell.V[-1], 0.04, out["Na"], cell.Na[-1], 37),
        I_Cl(cell.V[-1], 0.45, out["Cl"], cell.Cl[-1], 37),
    ]
    assert max(map(abs, currents)) < 1e-6


def test_a_cell_twice_as_large_takes_exactly_twice_as_long():
    small = run_down(minutes=60, stops=4, radius=10, dt=0.25)
    large = run_down(minutes=120, stops=8, radius=20, dt=0.5)
    for one, other in zip(small[1:], large[1:]):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_half_the_step_has_half_the_error():
    fine = run_down(minutes=60, stops=0, dt=0.05).V[-1]
    errors = [run_down(minutes=60, stops=0, dt=dt).V[-1] - fine for dt in (4, 2)]
    assert errors[0] / errors[1] == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize(
    "given, said",
    [
        ({"minutes": 0}, r"^minutes = 0 min is not above 0"),
        ({"radius": -1}, r"^radius = -1 um is not above 0"),
        ({"dt": 0}, r"^dt = 0 min is not above 0"),
        ({"left": -0.1}, r"^left = -0.1 of the pump's strength is below 0"),
        ({"dt": 60, "radius": 0.5}, r"^dt = 60 min is too coarse"),
        ({"minutes": float("nan")}, r"^minutes = nan min is not finite"),
    ],
)
def test_what_cannot_be_run_is_refused_by_name(given, said):
    with pytest.raises(ValueError, match=said):
        run_down(**given)


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="radius must be one number in um"):
        run_down(radius="10")
