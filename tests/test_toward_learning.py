"""What must be true of the f-I curve and the units beside it, of the dendrite, of STDP and of the electrodes."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import erfcx

import spikebook as sb
from spikebook.toward_learning import activation, dendrite, electrodes, stdp, units

LEAKY = sb.reduced_models.LEAKY


def siegert(I, sigma, C=1.0, g_L=0.1, E_L=-65.0, V_th=-50.0, V_reset=-65.0, t_ref=2.0):
    """The rate in Hz, in Siegert's form: the integral of exp(x^2) (1 + erf x), by another quadrature."""
    low, high = ((V - E_L - I / g_L) / (np.sqrt(2) * sigma) for V in (V_reset, V_th))
    ends = np.linspace(low, high, 20)
    parts = [quad(lambda x: erfcx(-x), *pair, epsabs=0, epsrel=1e-12)[0] for pair in zip(ends, ends[1:])]
    return 1000 / (t_ref + C / g_L * np.sqrt(np.pi) * sum(parts))


# ---- the f-I curve


@pytest.mark.parametrize("sigma", [0.1, 1, 3, 8])
def test_the_rate_in_noise_is_siegerts(sigma):
    I, rates = activation.curve(sigma=sigma)
    checked = 0
    for current, rate in zip(I[::5], rates[::5]):
        expected = siegert(current, sigma) if (15 - 10 * current) / sigma < 8 else 0.0
        assert abs(rate - expected) < 1e-8 * max(expected, 1e-2)
        checked += rate > 1e-6
    assert checked >= 10


@pytest.mark.parametrize(
    "change", [{"g_L": 0.25}, {"V_th": -42.0}, {"t_ref": 15.0}, {"C": 2.0}, {"V_reset": -58.0}, {"E_L": -70.0}]
)
def test_every_parameter_of_the_neuron_is_where_it_belongs(change):
    ours = activation.curve(3.0, 4.0, 2, sigma=2.5, **change)[1]
    assert np.allclose(ours, [siegert(I, 2.5, **change) for I in (3.0, 4.0)], rtol=1e-8)
    assert not np.allclose(ours, activation.curve(3.0, 4.0, 2, sigma=2.5)[1], rtol=1e-3)


def test_without_noise_the_curve_is_the_exact_one_and_noise_tends_to_it():
    I, rates = activation.curve()
    exact = np.array([sb.refractory_period.leaky_rate(current, 2.0) for current in I])
    assert np.allclose(rates, exact, rtol=1e-9, atol=1e-9) and rates[I < 1.5].max() == 0
    little = activation.curve(sigma=0.01)[1]
    away = np.abs(I - 1.5) > 0.1
    assert np.allclose(little[away], rates[away], rtol=1e-3, atol=1e-9)
    assert not np.allclose(activation.curve(sigma=1)[1][away], rates[away], rtol=1e-3)


def test_a_simulated_population_in_white_noise_fires_at_that_rate():
    """Steps of dt miss crossings between them, as if the threshold were higher by 0.5826 of a step's standard deviation."""
    sigma, dt, n, I = 3.0, 0.1, 400, 1.4
    rng = np.random.default_rng(1)
    seconds = 3.0
    # over a step an exact leaky neuron keeps exp(-dt / tau): this current gives V the stationary deviation sigma
    keep = np.exp(-dt / 10)
    push = 0.1 * sigma * np.sqrt(1 - keep**2) / (1 - keep)
    noise = np.clip(I + push * rng.standard_normal((n, round(1000 * seconds / dt))), -99, 99)
    run = sb.simulate_population(LEAKY, noise, duration=1000 * seconds, dt=dt)
    rate = np.sum(run.spike_times > 200) / (n * (seconds - 0.2))
    raised = siegert(I, sigma, V_th=-50 + 0.5826 * sigma * np.sqrt(1 - keep**2))
    tolerance = 0.01 * raised + 3 * np.sqrt(rate / (n * (seconds - 0.2)))
    assert (
        abs(rate - raised) < tolerance < siegert(I, sigma) - rate
    )  # the control: without the correction they would not agree


@pytest.mark.parametrize(("I", "change"), [(1.2, {}), (2.5, {}), (3.0, {"t_ref": 8.0}), (2.0, {"V_th": -55.0})])
def test_the_train_that_is_shown_fires_at_the_rate_of_the_curve(I, change):
    seconds = 100
    spikes = activation.train(I, 1000 * seconds, sigma=3, **change)[2]
    expected = activation.curve(I, I + 1, 2, sigma=3, **change)[1][0]
    assert abs(len(spikes) / seconds - expected) < 4 * np.sqrt(expected / seconds) + 0.01 * expected
    assert np.diff(spikes).min() >= change.get("t_ref", 2.0)


def test_an_adapting_train_keeps_to_its_own_fixed_point_when_adaptation_is_slow(monkeypatch):
    monkeypatch.setattr(activation, "TAU_W", 2000.0)
    spikes = activation.train(3.0, 60_000, sigma=3, q=40)[2]
    expected = activation.curve(3.0, 4.0, 2, sigma=3, q=40)[1][0]
    assert abs(len(spikes) / 60 - expected) < 0.03 * expected
    assert expected < 0.6 * activation.curve(3.0, 4.0, 2, sigma=3)[1][0]


@pytest.mark.parametrize("change", [{"q": 20}, {"q": 60, "sigma": 3}, {"q": 60, "V_th": -60.0, "t_ref": 0.0}])
def test_adaptation_leaves_the_current_that_gives_the_rate(change):
    I, rates = activation.curve(**change)
    bare = {**change, "q": 0}
    for current, rate in zip(I[::10], rates[::10]):
        left = current - 0.001 * change["q"] * rate
        assert abs(activation.curve(left, left + 1, 2, **bare)[1][0] - rate) < 1e-6 * max(rate, 1)
    assert np.all(np.diff(rates) >= 0) and np.diff(rates).max() / 0.05 < 1.000001 * 1000 / change["q"]


def test_noise_may_not_lower_the_rate_below_threshold_and_all_is_finite_over_the_explorers_ranges():
    rng = np.random.default_rng(2)
    for _ in range(150):
        change = {
            "sigma": rng.uniform(0, 8) * rng.integers(0, 2),
            "q": rng.uniform(0, 60),
            "t_ref": rng.uniform(0, 20),
            "g_L": rng.uniform(0.04, 0.3),
            "V_th": rng.uniform(-60, -40),
        }
        I, rates = activation.curve(**change)
        assert np.all(np.isfinite(rates)) and np.all(rates >= 0) and np.all(np.diff(rates) >= -1e-9)
        silent = I < change["g_L"] * (change["V_th"] + 65)
        if change["sigma"] == 0:
            assert rates[silent].max(initial=0) == 0
        if change["t_ref"] > 0:
            assert rates.max() < 1000 / change["t_ref"]


# ---- the units


@pytest.mark.parametrize(
    "change", [{"sigma": 1}, {"sigma": 3, "q": 60}, {"t_ref": 15, "sigma": 4}, {"V_th": -58, "sigma": 6}]
)
@pytest.mark.parametrize("kind", units.UNITS)
def test_no_other_search_finds_a_closer_unit(kind, change):
    I, rates = activation.curve(**change)
    unit = units.closest(kind, I, rates)
    left = np.sqrt(np.mean((rates - unit(I)) ** 2))
    assert abs(left - unit.error) < 1e-9

    def misfit(p):
        return np.sqrt(np.mean((rates - units.Fitted((kind, p[0], p[1], np.exp(p[2]), 0))(I)) ** 2))

    starts = [(1, 0, 0), (1.3, 0.5, 1), (0.8, -0.5, 2), (1, 0, -1)]
    best = min(
        minimize(misfit, [unit.scale * a, unit.theta + b, np.log(unit.w) + c], method="Nelder-Mead", tol=1e-9).fun
        for a, b, c in starts
    )
    assert unit.error < 1.001 * best
    assert misfit([1.02 * unit.scale, unit.theta, np.log(unit.w)]) > unit.error  # the control: another scale is worse


@pytest.mark.parametrize("kind", units.UNITS)
def test_a_curve_that_is_a_unit_is_recognised(kind):
    I = np.linspace(-1, 5, 121)
    true = units.Fitted((kind, 40.0, 1.7, 0.4, 0.0))
    found = units.closest(kind, I, true(I))
    assert found.error < 0.002 * true(I).max() and abs(found.theta - 1.7) < 0.01
    others = [units.closest(other, I, true(I)).error for other in units.UNITS if other != kind]
    assert min(others) >= 0 and max(others) > 10 * found.error


def test_a_silent_neuron_has_a_unit_of_scale_zero():
    I, rates = activation.curve(g_L=0.3, V_th=-40)
    assert rates.max() == 0 and units.closest("sigmoid", I, rates).scale == 0


# ---- the dendrite


def test_the_numbers_of_threshold_functions_are_the_known_ones():
    grid = np.linspace(-3, 3, 13)
    counts = [len(dendrite.computable(lambda s: s > 0, n, grid)) for n in (1, 2, 3)]
    assert counts == [4, 14, 104]


def test_a_rising_unit_never_computes_xor_and_a_falling_branch_does():
    xor = (0, 1, 1, 0)
    for rising in (lambda s: s > 0, lambda s: np.tanh(s) > 0.5, lambda s: s**3 > 0.1):
        assert xor not in dendrite.computable(rising)
    assert xor in dendrite.computable(lambda s: dendrite.branch(s) > 0.5)
    assert xor not in dendrite.computable(lambda s: dendrite.branch(np.minimum(s, 1.0)) > 0.5)  # one that does not fall


def test_the_branch_is_largest_where_it_begins_and_falls_to_a_third():
    assert dendrite.branch(np.array([0.0, 0.999])).max() == 0 and dendrite.branch(1.0) == 1
    assert np.isclose(dendrite.branch(1.5, fall=0.5), np.exp(-1)) and np.isclose(dendrite.branch(1.4), np.exp(-1))
    with pytest.raises(ValueError, match="fall = 0"):
        dendrite.branch(1.0, fall=0)


# ---- STDP


def test_the_network_applies_the_rule_pair_by_pair():
    """Every change of every weight, from the trains alone, by a sum over all pairs."""
    seconds, inputs = 3.0, 40
    run = stdp.train(seconds, pieces=3, inputs=inputs, correlated=0, seed=4, g_max=0.2, start=0.5, A_plus=1e-4, A_minus=1.3e-4,
                     tau_plus=17.0, tau_minus=34.0)  # fmt: skip
    step, which = stdp.input_spikes(seconds, inputs=inputs, correlated=0, seed=4)
    post = run.spike_times
    assert len(post) > 10 and 0 < run.w.min() < run.w.max() < 1  # no bound was met, so that pairs just add up
    for k in range(inputs):
        pre = (step[which == k] + 1) * stdp.DT
        delta = post[:, None] - pre
        # in one and the same step the input comes first
        change = stdp.window(np.where(delta == 0, 1e-12, delta), 1e-4, 1.3e-4, 17.0, 34.0).sum()
        assert abs(run.w[k] - 0.5 - change) < 1e-9
    assert np.ptp(run.w) > 1e-3


def test_without_spikes_of_the_neuron_nothing_is_learned():
    run = stdp.train(5.0, pieces=2, g_max=0.0005, correlation=0.05)
    assert len(run.spike_times) == 0 and np.array_equal(run.w, run.w_start)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_correlated_inputs_win_and_without_correlation_nobody_does(seed):
    run = stdp.train(200.0, seed=seed)
    assert run.w[:100].min() > 0.8 and run.w[100:].mean() < 0.25
    control = stdp.train(200.0, correlation=0.0, seed=seed)
    assert abs(control.w[:100].mean() - control.w[100:].mean()) < 0.12
    assert run.w.min() >= 0 and run.w.max() <= 1 and np.array_equal(run.course[0], run.w_start)
    assert np.array_equal(run.course[-1], run.w)


def test_inputs_have_the_rate_and_the_correlation_that_they_are_said_to_have():
    step, which = stdp.input_spikes(400, inputs=40, correlated=20, correlation=0.2, rate=15, seed=5)
    counts = np.bincount(which, minlength=40) / 400
    assert np.abs(counts - 15).max() < 4 * np.sqrt(15 / 400)
    sets = [set(step[which == k].tolist()) for k in range(40)]
    together = np.mean([len(sets[a] & sets[b]) / len(sets[a]) for a in range(20) for b in range(a)])
    apart = np.mean([len(sets[a] & sets[b]) / len(sets[a]) for a in range(20, 40) for b in range(20, a)])
    assert abs(together - 0.2) < 0.02 and apart < 0.02


# ---- electrodes


def test_the_potential_is_that_of_a_point_source():
    phi = electrodes.potential(np.array([0.0, 0.3]), 10, 400)
    assert np.allclose(phi, 10 / (4 * np.pi * 0.3 * np.array([0.4, 0.5])))  # uA / (S/m mm) = mV


def test_the_driving_current_is_the_activating_function_and_sums_to_nothing():
    """a / (2 R_i) d2phi/dx2 away from the ends, here by calculus; and no current comes out of nowhere."""
    n, length = 600, 3.0
    into = electrodes.driving_current(-10, 150, 1.5, compartments=n)
    x = (np.arange(n) + 0.5) * length / n - 1.5
    curvature = (2 * x**2 - 0.15**2) / (x**2 + 0.15**2) ** 2.5 * -10 / (4 * np.pi * 0.3)  # mV/mm2
    expected = 0.5e-4 / (2 * 100) * curvature * 100 * 1000  # cm / (ohm cm) mV/cm2 1e-3 ... in uA/cm2
    inner = slice(60, -60)
    assert np.allclose(into[inner], expected[inner], rtol=0.02, atol=0.002 * np.abs(expected).max())
    assert abs(into.sum()) < 1e-9 * np.abs(into).sum()
    assert into[n // 2] > 0 > into[n // 2 + 40]


def test_a_passive_axon_under_the_electrode_follows_the_cable_equation_of_its_own():
    """A linear axon, solved as one matrix exponential."""
    from scipy.linalg import expm

    n, length = 60, 3.0
    rest = sb.action_potential.passive(celsius=18.5)
    run = electrodes.stimulate(5.0, 200, compartments=n, duration=0.2, dt=0.001, **rest)
    size, g = length / n, rest["g_L"]
    axial = 10 * 0.5 / (100 * 2 * size**2)  # mS per cm2 of membrane: a / (2 R_i dx2)
    L = axial * (np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1))
    L -= np.diag(L.sum(axis=1))
    phi = electrodes.potential((np.arange(n) + 0.5) * size, 5.0, 200, 1.5)
    A = L - g * np.eye(n)  # 1/ms at 1 uF/cm2
    steady = np.linalg.solve(A, -L @ phi)
    expected = steady - expm(0.2 * A) @ steady
    assert np.allclose(run.V[-1] - rest["E_L"], expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())
    assert np.abs(expected).max() > 0.5


def test_a_cathode_needs_less_and_both_grow_as_the_square_of_the_distance():
    found = {d: [electrodes.threshold(d, sign) for sign in (-1, 1)] for d in (100, 200)}
    for cathode, anode in found.values():
        assert 2.5 < anode / cathode < 5  # 4.94 if only the peak of the curvature counted
    for near, far in zip(found[100], found[200]):
        assert 1.7 < np.log2(far / near) < 2.2
    finer = electrodes.threshold(100, compartments=400)
    assert abs(finer / found[100][0] - 1) < 0.06
    below, above = (electrodes.stimulate(-f * found[100][0], 100, duration=10) for f in (0.97, 1.03))
    assert (
        below.V[100:, 37].max() < -30 and above.V[100:, 37].max() > 0
    )  # given twice the time, it is a threshold still


def test_a_far_too_strong_cathode_blocks_what_it_starts():
    run = electrodes.stimulate(-3000, 100)
    assert run.V[:, 75].max() > 0 and not len(run.spike_times(0.5)) and not len(run.spike_times(2.5))


def test_the_cells_spike_starts_in_the_initial_segment_and_is_heard_as_a_dip():
    run = electrodes.cell()
    soma = electrodes.SOMA
    assert run.spike_times(soma + 0.04)[0] < run.spike_times(soma)[0] < run.spike_times(soma + 1.0)[0]
    after = run.t > 1.55
    depths = [-run.outside(soma, d)[after].min() for d in (20, 50, 100, 200)]
    assert np.all(np.diff(depths) < 0) and 20 < depths[1] < 80
    assert run.outside(soma, 50)[after].max() < 0.5 * depths[1]
    before = run.outside(soma, 30)[after][0]  # what sets it off is not heard any more
    assert abs(before) < 0.02 * -run.outside(soma, 30)[after].min()


# ---- errors speak


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: activation.curve(sigma=-1), "sigma = -1"),
        (lambda: activation.curve(V_th=-58, V_reset=-55), "reset to -55 mV"),
        (lambda: activation.curve(2, 1), "low = 2"),
        (lambda: activation.curve(tau=3), "tau"),
        (lambda: units.closest("tanh", [0, 1, 2, 3], [0, 1, 2, 3]), "ReLU, softplus, sigmoid"),
        (lambda: units.closest("ReLU", [0, 1, 3, 4], [0, 1, 2, 3]), "evenly spaced"),
        (lambda: dendrite.patterns(7), "inputs = 7"),
        (lambda: stdp.input_spikes(1, correlation=2), "correlation = 2"),
        (lambda: stdp.input_spikes(1, correlated=500), "correlated = 500 of 400"),
        (lambda: electrodes.potential(0, 1, 0), "distance"),
        (lambda: electrodes.threshold(100, sign=0), "sign = 0"),
        (lambda: electrodes.threshold(100, strongest=5), "go nearer than 100 um"),
    ],
)
def test_errors_name_argument_value_and_remedy(call, words):
    with pytest.raises(ValueError, match=words):
        call()
