"""Neurons with one current more: their authors' programs, the published equations solved tightly, and what each current is
there for, with the same neuron without it as the control."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import spikebook as sb
from spikebook.added_currents import ADAPTING, BURSTING, CONNOR_STEVENS, a_inf, alpha_a, alpha_m_cortex, beta_m_cortex
from spikebook.membrane_potential import nernst
from spikebook.stimuli import step

exp = np.exp
MODELS = [CONNOR_STEVENS, ADAPTING, BURSTING]
ids = {"ids": lambda model: model.name}


def spikes(model, current, duration, **settings):
    return sb.simulate(model, current, duration, **settings).spike_times


# ---- against the authors' programs

# Spike times (ms) of the ModelDB 123623 cells in NEURON, as listed for the tests of OpenSourceBrain/PospischilEtAl2008 (cells
# RS and IBR, NEURON_MODIFIED/*.mep): pA into a soma of 96 um length and diameter, from a uniform start.
AREA = np.pi * 96**2 * 1e-8  # cm2
REGULAR = [320.554, 348.522, 387.944, 456.69, 592.105]  # 750 pA from 300 to 700 ms, from -70 mV
BURSTS = [
    617.697, 622.346, 626.612, 630.869, 635.178, 639.553, 644.0, 648.522, 653.122, 657.806, 662.577, 667.44, 672.402, 677.469,
    682.648, 687.949, 693.381, 698.957, 704.691, 710.601, 716.71, 723.047, 729.65, 736.575, 743.901, 751.762, 760.416, 770.556,
    1287.094, 1296.316, 1305.34, 1315.424, 1328.521, 1794.168, 1808.667, 1831.64, 2261.846, 2284.857,
]  # 150 pA from 500 to 2500 ms, from -84 mV  # fmt: skip


def from_uniform(model, V):
    return {"V": V, **{gate: float(rates.steady_state(V)) for gate, rates in model.gates.items()}}


def test_the_adapting_cell_fires_when_its_authors_program_does():
    times = spikes(ADAPTING, step(750e-6 / AREA, 300, 700), 1000, initial=from_uniform(ADAPTING, -70.0))
    np.testing.assert_allclose(times, REGULAR, rtol=0, atol=0.35)


def test_the_bursting_cell_fires_when_its_authors_program_does():
    current = step(150e-6 / AREA, 500, 2500)
    times = spikes(BURSTING, current, 3000, initial=from_uniform(BURSTING, -84.0))
    np.testing.assert_allclose(times, BURSTS, rtol=0, atol=0.35)


@pytest.mark.parametrize("changes", [{"g_Ca": 0.218}, {"g_M": 0.0303}, {"tau_max": 990.0}, {"E_L": -84.5}])
def test_one_percent_less_right_and_the_bursts_differ(changes):
    """Control: 38 spike times hold every parameter."""
    current = step(150e-6 / AREA, 500, 2500)
    times = spikes(BURSTING, current, 3000, initial=from_uniform(BURSTING, -84.0), **changes)
    assert len(times) != len(BURSTS) or np.abs(times - BURSTS).max() > 1


def test_calciums_battery_is_that_of_the_concentrations_in_the_authors_program():
    assert nernst(2, outside=2, inside=2.4e-4, celsius=36) == pytest.approx(BURSTING.values()["E_Ca"], abs=0.001)


def test_the_crabs_axon_rests_where_it_is_published_to():
    """Dayan and Abbott's starting values for the model."""
    published = {"V": -68.0, "n": 0.156, "m": 0.010, "h": 0.966, "a": 0.540, "b": 0.289}
    for name, value in CONNOR_STEVENS.rest().items():
        assert value == pytest.approx(published[name], abs=0.03 if name == "V" else 6e-4)


# ---- against the published equations, solved tightly


def relaxing(x, end, tau):
    return (end - x) / tau


def crab(t, y, I, largest=1.0):
    V, n, m, h, a, b = y
    an, bn = 0.02 * (V + 45.7) / (1 - exp(-0.1 * (V + 45.7))), 0.25 * exp(-0.0125 * (V + 55.7))
    am, bm = 0.38 * (V + 29.7) / (1 - exp(-0.1 * (V + 29.7))), 15.2 * exp(-0.0556 * (V + 54.7))
    ah, bh = 0.266 * exp(-0.05 * (V + 48)), 3.8 / (1 + exp(-0.1 * (V + 18)))
    open_a = (0.0761 * exp(0.0314 * (V + 94.22)) / (1 + exp(0.0346 * (V + 1.17)))) ** (1 / 3)
    ions = 0.3 * (V + 17) + 120 * m**3 * h * (V - 55) + 20 * n**4 * (V + 72) + 47.7 * a**3 * b * (V + 75)
    return (
        I(t) - ions,
        an * (1 - n) - bn * n,
        am * (1 - m) - bm * m,
        ah * (1 - h) - bh * h,
        relaxing(a, min(open_a, largest), 0.3632 + 1.158 / (1 + exp(0.0497 * (V + 55.96)))),
        relaxing(b, 1 / (1 + exp(0.0688 * (V + 53.3))) ** 4, 1.24 + 2.678 / (1 + exp(0.0624 * (V + 50)))),
    )


def crab_as_published(t, y, I):
    """With a steady state of a that may pass 1."""
    return crab(t, y, I, largest=2.0)


def cortex(V, n, m, h, p):
    v = V + 55
    am, bm = 0.32 * (13 - v) / (exp((13 - v) / 4) - 1), 0.28 * (v - 40) / (exp((v - 40) / 5) - 1)
    ah, bh = 0.128 * exp((17 - v) / 18), 4 / (1 + exp((40 - v) / 5))
    an, bn = 0.032 * (15 - v) / (exp((15 - v) / 5) - 1), 0.5 * exp((10 - v) / 40)
    tau_p = 1000 / (3.3 * exp((V + 35) / 20) + exp(-(V + 35) / 20))
    return (
        an * (1 - n) - bn * n,
        am * (1 - m) - bm * m,
        ah * (1 - h) - bh * h,
        relaxing(p, 1 / (1 + exp(-(V + 35) / 10)), tau_p),
    )


def adapting(t, y, I):
    V, n, m, h, p = y
    ions = 0.1 * (V + 70) + 50 * m**3 * h * (V - 50) + (5 * n**4 + 0.07 * p) * (V + 100)
    return (I(t) - ions, *cortex(V, n, m, h, p))


def bursting(t, y, I):
    V, n, m, h, p, q, r = y
    aq, bq = 0.055 * (-27 - V) / (exp((-27 - V) / 3.8) - 1), 0.94 * exp((-75 - V) / 17)
    ar, br = 0.000457 * exp((-13 - V) / 50), 0.0065 / (exp((-15 - V) / 28) + 1)
    ions = 0.01 * (V + 85) + 50 * m**3 * h * (V - 50) + (5 * n**4 + 0.03 * p) * (V + 100)
    ions += 0.22 * q**2 * r * (V - 120.255)
    return (I(t) - ions, *cortex(V, n, m, h, p), aq * (1 - q) - bq * q, ar * (1 - r) - br * r)


def crosses(t, y, I):
    return y[0]


crosses.direction = 1


def solved_spikes(equations, model, current, start, duration):
    """Upward crossings of 0 mV when `current` is switched on at `start`, from the resting state."""
    on = solve_ivp(
        equations, (start, duration), list(model.rest().values()), "DOP853", args=(lambda t: current,), events=crosses,
        rtol=1e-10, atol=1e-11, max_step=1.0,
    )  # fmt: skip
    return on.t_events[0]


@pytest.mark.parametrize(
    "model, equations, current, duration",
    [(CONNOR_STEVENS, crab, 9.0, 300), (CONNOR_STEVENS, crab, 40.0, 50), (ADAPTING, adapting, 3.0, 200), (BURSTING, bursting, 0.6, 200)],
)  # fmt: skip
def test_spike_times_are_those_of_the_published_equations(model, equations, current, duration):
    expected = solved_spikes(equations, model, current, 5.0, duration)
    assert len(expected) >= 4
    for method, tolerance in (("rk4", 2e-3), ("adaptive", 2e-5)):
        times = spikes(model, step(current, start=5), duration, method=method)
        np.testing.assert_allclose(times, expected, rtol=0, atol=tolerance)


def test_keeping_the_A_currents_gate_below_1_moves_no_spike_by_more_than_2_microseconds_an_interval():
    for current, duration in ((9.0, 300), (40.0, 50)):
        published = solved_spikes(crab_as_published, CONNOR_STEVENS, current, 5.0, duration)
        times = spikes(CONNOR_STEVENS, step(current, start=5), duration, method="adaptive")
        np.testing.assert_allclose(np.diff(times), np.diff(published), rtol=0, atol=2e-3)


@pytest.mark.parametrize("model, equations", [(CONNOR_STEVENS, crab), (ADAPTING, adapting), (BURSTING, bursting)])
def test_rates_of_change_are_the_published_ones_at_every_state(model, equations):
    random = np.random.default_rng(1)
    for _ in range(200):
        state = {"V": random.uniform(-100, 40), **{gate: random.uniform() for gate in model.gates}}
        expected = equations(0.0, list(state.values()), lambda t: 3.0)
        computed = model.rates_of_change(state, model.values(), 3.0)
        np.testing.assert_allclose(list(computed.values()), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rate, V, limit", [(alpha_m_cortex, -42.0, 1.28), (beta_m_cortex, -15.0, 1.4)])
def test_rates_have_their_limits_where_the_published_quotient_is_0_over_0(rate, V, limit):
    assert rate(V) == limit
    assert rate(V + 1e-7) == pytest.approx(limit, rel=1e-6)


def test_the_activation_of_the_A_current_is_a_probability_where_its_published_fit_is_not():
    V = np.linspace(-200, 300, 5001)
    fit = (0.0761 * exp(0.0314 * (V + 94.22)) / (1 + exp(0.0346 * (V + 1.17)))) ** (1 / 3)
    assert 1.01 < fit.max() < 1.013
    np.testing.assert_allclose(a_inf(V), np.minimum(fit, 1), rtol=1e-12)
    assert (alpha_a(V) > 0).all()
    assert (V[fit > 1].min(), V[fit > 1].max()) == (pytest.approx(40, abs=1), pytest.approx(97, abs=1))


# ---- what the A current does


def resting_without_A():
    """A leak that lets the axon without its A current rest where it did."""
    rest, values = CONNOR_STEVENS.rest(), CONNOR_STEVENS.values()
    shift = CONNOR_STEVENS.current("I_A", rest, values) / values["g_L"]
    changes = {"g_A": 0.0, "E_L": values["E_L"] - shift}
    assert CONNOR_STEVENS.rest(**changes)["V"] == pytest.approx(rest["V"], abs=1e-9)
    return changes


def rate(current, **changes):
    """Steady firing rate in Hz, from the last of many intervals; 0 when the firing ends."""
    times = spikes(CONNOR_STEVENS, step(current, 10), 2500, dt=0.02, **changes)
    return 1000 / np.diff(times)[-1] if len(times) > 2 and times[-1] > 1500 else 0.0


def threshold(low, high, **changes):
    """The smallest current with lasting firing, to 0.001 uA/cm2."""
    while high - low > 1e-3:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if rate(middle, **changes) else (middle, high)
    return high


def test_with_the_A_current_the_rate_grows_from_almost_nothing_as_a_square_root():
    onset = threshold(8.0, 8.3)
    currents = onset + np.array([0.01, 0.04, 0.16, 0.64])
    rates = np.array([rate(current) for current in currents])
    assert rates[0] < 4
    slope = np.polyfit(np.log(currents - onset), np.log(rates), 1)[0]
    assert slope == pytest.approx(0.5, abs=0.1)


def test_without_it_firing_starts_with_a_jump():
    """Control: the same membrane and the same rest."""
    changes = resting_without_A()
    onset = threshold(6.0, 8.0, **changes)
    assert rate(onset - 2e-3, **changes) == 0
    assert rate(onset, **changes) > 50


def test_the_rates_reach_from_2_to_350_a_second_as_the_abstract_of_1977_says():
    slow = brentq(lambda current: rate(current) - 2.0, 8.1, 8.4, xtol=1e-6)
    assert rate(slow) == pytest.approx(2.0, abs=0.1)
    assert rate(80.0) > 340


def test_the_A_current_makes_the_first_spike_wait():
    changes = resting_without_A()
    with_A, without = (spikes(CONNOR_STEVENS, step(I, 10), 300, **c)[0] - 10 for I, c in ((8.5, {}), (8.5, changes)))
    assert with_A > 100 > 10 > without


def test_hyperpolarising_first_makes_it_wait_longer():
    """It removes the inactivation of the A current, b."""
    waits = [
        spikes(CONNOR_STEVENS, step(before, 10, 60) + step(15, 60), 200)[0] - 60 for before in (0.0, -2.0, -5.0, -10.0)
    ]
    assert np.all(np.diff(waits) > 0.5)


# ---- what the M and the calcium current do


def test_the_M_current_slows_the_firing_down():
    intervals = np.diff(spikes(ADAPTING, step(3.0, 10), 1500))
    assert np.all(np.diff(intervals[:8]) > 0)
    assert intervals[-1] > 3 * intervals[0]
    without = np.diff(spikes(ADAPTING, step(3.0, 10), 1500, g_M=0.0))
    assert without[-1] == pytest.approx(without[0], rel=1e-3)
    assert without[-1] < intervals[0]


def test_more_of_it_slows_more_and_a_longer_tau_slows_later():
    last = [np.diff(spikes(ADAPTING, step(5.0, 10), 1500, g_M=g_M))[-1] for g_M in (0.02, 0.05, 0.1)]
    assert np.all(np.diff(last) > 0)
    early = [np.sum(spikes(ADAPTING, step(5.0, 10), 1500, tau_max=tau) < 300) for tau in (300.0, 1000.0, 3000.0)]
    assert np.all(np.diff(early) > 0)


def test_the_calcium_current_makes_bursts():
    def groups(**changes):
        times = spikes(BURSTING, step(0.52, 100), 2500, **changes)
        return np.split(times, np.flatnonzero(np.diff(times) > 100) + 1)

    bursts = groups()
    assert len(bursts) >= 3 and all(len(burst) >= 2 for burst in bursts)
    assert all(len(group) == 1 for group in groups(g_Ca=0.0)[1:])


def test_the_calcium_current_flows_during_spikes_alone():
    trace = sb.simulate(BURSTING, step(0.52, 100), 300)
    inward = -trace.I_Ca
    assert inward[trace.V > -20].mean() > 100 * inward[trace.V < -60].mean() > 0


# ---- everywhere in the documented ranges


@st.composite
def settings_of(draw, model):
    names = draw(st.sets(st.sampled_from(sorted(model.parameters))))
    parameters = {
        name: draw(st.floats(model.parameters[name].low, model.parameters[name].high)) for name in sorted(names)
    }
    return draw(st.floats(*model.current_range)), parameters


@pytest.mark.parametrize("model", MODELS, **ids)
@pytest.mark.parametrize("method", [None, "exponential_euler"])
def test_every_run_in_the_documented_ranges_is_finite_with_gates_that_are_probabilities(model, method):
    @settings(derandomize=True, deadline=None, database=None, max_examples=60)
    @given(settings_of(model), st.sampled_from([0.01, 0.05]))
    def check(given_, dt):
        current, parameters = given_
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the default may say that it takes exponential Euler
            trace = sb.simulate(model, step(current, 2, 8), 10, dt=dt, method=method, **parameters)
        for name in trace.names:
            assert np.isfinite(trace[name]).all(), name
        for gate in model.gates:
            assert -1e-9 <= trace[gate].min() <= trace[gate].max() <= 1 + 1e-9

    check()


@pytest.mark.parametrize("model", MODELS, **ids)
def test_nothing_changes_at_rest(model):
    change = model.rates_of_change(model.rest(), model.values())
    assert max(map(abs, change.values())) < 1e-10
    assert len(spikes(model, 0.0, 200)) == 0


@pytest.mark.parametrize("model", MODELS, **ids)
def test_the_page_can_run_the_model(model):
    from spikebook.explore.translate import javascript
    from spikebook.methods import program

    assert "run_exponential_euler" in javascript(program(model, ["exponential_euler"]))
