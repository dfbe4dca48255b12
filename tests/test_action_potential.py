"""The axon: a passive cable against its exact solutions, the Hodgkin-Huxley axon against the neuron it is made of, two
independent ways to its velocity, orders of convergence, scaling, collision, and what electrodes see."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfc

import spikebook as sb
from spikebook.action_potential import (
    Pulse,
    Synapse,
    charging,
    conduction_velocity,
    input_resistance,
    length_constant,
    passive,
    simulate,
    steady,
)

SQUID = {"radius": 238.0, "axial_resistivity": 35.4}
LEAK = passive()


def current_in(pulse, radius=238.0):
    """Of a pulse, uA: its density times the membrane under it, whose mm and um become cm2."""
    return pulse.current * 2 * math.pi * radius * 1e-4 * pulse.width * 0.1


def run_passive(pulse, duration=20.0, **changes):
    return simulate(pulse, duration, **{**LEAK, "length": 120.0, "compartments": 480, "every": 10, **changes})


# ---- the passive cable


def test_a_passive_cable_charges_as_the_exact_solution_says():
    pulse = Pulse(60, start=0, current=40, duration=100, width=0.25)
    axon = run_passive(pulse, dt=0.005)
    for distance in (2, 7, 14):
        expected = charging(distance, axon.t, current_in(pulse), **SQUID, g=LEAK["g_L"])
        measured = axon.at(60 + distance) - LEAK["E_L"]
        assert np.abs(measured - expected).max() < 0.002 * expected.max()


def test_in_the_end_the_voltage_falls_to_37_percent_over_a_length_constant():
    pulse = Pulse(60, current=40, duration=100, width=0.25)
    axon = run_passive(pulse, duration=50, dt=0.05)
    distance = length_constant(**SQUID, g=LEAK["g_L"])
    near, far = (axon.at(60 + x)[-1] - LEAK["E_L"] for x in (5, 5 + distance))
    assert far / near == pytest.approx(math.exp(-1), rel=2e-3)
    assert near == pytest.approx(steady(5, current_in(pulse), **SQUID, g=LEAK["g_L"]), rel=2e-3)


def test_the_formulas_of_the_cable_agree_with_scipys_functions_and_with_one_another():
    cable = {"radius": 10.0, "axial_resistivity": 100.0, "g": 0.5}
    distance = math.sqrt(10e-4 / (2 * 100 * 0.5e-3)) * 10  # in cm, then in mm
    assert length_constant(**cable) == pytest.approx(distance)
    # Half of it in each direction, both closed by the resistance of a semi-infinite cable.
    assert input_resistance(**cable) == pytest.approx(100 * distance * 0.1 / (2 * math.pi * 10e-4**2) / 1000)
    X, T = 0.7, 1.3
    expected = 0.5 * (math.exp(-X) * erfc(X / 2 / T**0.5 - T**0.5) - math.exp(X) * erfc(X / 2 / T**0.5 + T**0.5))
    found = charging(X * distance, T / 0.5, 1.0, **cable)
    assert found == pytest.approx(expected * input_resistance(**cable))
    assert charging(X * distance, 1e5, 1.0, **cable) == pytest.approx(steady(X * distance, 1.0, **cable))
    assert charging(900 * distance, 1.0, 1.0, **cable) == 0
    assert charging(0.0, np.array([-1.0, 0.0]), 1.0, **cable).tolist() == [0, 0]


def test_all_current_that_enters_a_passive_cable_leaves_it():
    """The integral of g V over the membrane, with both ends sealed, is the current from the electrode."""
    pulse = Pulse(30, current=20, duration=1000, width=1)
    axon = run_passive(pulse, duration=200, length=60.0, compartments=120, dt=0.05, every=1000)
    density = LEAK["g_L"] * (axon.V[-1] - LEAK["E_L"])
    assert density @ axon.lengths * 2 * math.pi * 238e-4 * 0.1 == pytest.approx(current_in(pulse), rel=1e-6)


def test_a_passive_cable_adds_and_scales_and_an_active_one_does_not():
    pulses = [Pulse(40, start=1, current=60), Pulse(55, start=1.5, current=-30)]

    def added(run):
        one, two = (run(pulse).V - run([]).V for pulse in pulses)
        return np.abs(one + two - (run(pulses).V - run([]).V)).max(), np.abs(one).max()

    difference, size = added(lambda p: run_passive(p, duration=5))
    assert difference < 1e-9 * size
    strong = [pulse._replace(current=20 * pulse.current) for pulse in pulses]
    pulses[:] = strong
    difference, size = added(lambda p: simulate(p, 5, celsius=18.5))
    assert difference > 0.1 * size


def test_a_synapse_on_all_of_a_passive_cable_is_a_second_leak():
    g_L, E_L, g, E = LEAK["g_L"], LEAK["E_L"], 0.7, -10.0
    axon = run_passive(Synapse(60, 0, g, duration=100, width=300, reversal=E), duration=8, dt=0.005)
    end = (g_L * E_L + g * E) / (g_L + g)
    expected = end + (E_L - end) * np.exp(-axon.t * (g_L + g) / 1.0)
    assert np.abs(axon.V - expected[:, None]).max() < 1e-4


def test_one_synapse_meets_the_resistance_of_the_cable_and_saturates():
    """With the input resistance R, a steady conductance g brings the cable g R / (1 + g R) of the way to its reversal."""
    width = 0.25
    area = 2 * math.pi * 238e-4 * width * 0.1  # cm2
    resistance = input_resistance(**SQUID, g=LEAK["g_L"])  # kOhm
    towards = []
    for g in (1.0, 30.0, 390.0):
        axon = run_passive(Synapse(60, 0, g, 100, width, reversal=0.0), duration=40, dt=0.005)
        towards.append((axon.at(60)[-1] - LEAK["E_L"]) / -LEAK["E_L"])
        expected = g * area * resistance / (1 + g * area * resistance)
        assert towards[-1] == pytest.approx(expected, rel=0.02)
    assert towards[0] < 0.05 and 0.85 < towards[2] < 1


def test_a_synapse_that_stays_shut_changes_nothing_and_one_at_rest_only_the_conductance():
    shut = simulate([Pulse(10, 1), Synapse(50, 0, 0.0, 8, 5)], 8, celsius=18.5).V
    assert np.array_equal(shut, simulate(Pulse(10, 1), 8, celsius=18.5).V)
    rest = sb.hodgkin_huxley.MODEL.rest(celsius=18.5)["V"]
    shunt = Synapse(50, 0, 100.0, 20, 10, reversal=rest)
    assert np.abs(simulate(shunt, 8, celsius=18.5).V - rest).max() < 1e-6
    assert not len(simulate([Pulse(10, 1), shunt], 10, celsius=18.5).spike_times(80))  # and no spike passes it


# ---- the active axon


def test_where_all_of_the_axon_is_stimulated_alike_it_is_one_neuron():
    axon = simulate(Pulse(50, start=1, current=20, duration=1, width=200), 20, dt=0.005)
    neuron = sb.simulate(sb.hodgkin_huxley.MODEL, sb.stimuli.step(20, start=1, stop=2), 20, dt=0.005)
    assert np.ptp(axon.V, axis=1).max() < 1e-9
    assert np.abs(axon.at(33) - neuron.V).max() < 0.02
    assert axon.spike_times(33) == pytest.approx(neuron.spike_times, abs=1e-4)


def test_an_axon_at_rest_stays_at_rest():
    assert np.abs(simulate([], 20, every=100).V - (-64.996379)).max() < 1e-5


def test_left_and_right_are_alike():
    here, there = (simulate(Pulse(position, start=1), 8, celsius=18.5).V for position in (20, 80))
    assert np.abs(here - there[:, ::-1]).max() < 1e-9


def test_hodgkin_and_huxleys_velocity_by_the_wave_that_keeps_its_shape():
    assert conduction_velocity(radius=238, axial_resistivity=35.4, celsius=18.5) == pytest.approx(18.73, abs=0.005)
    assert abs(conduction_velocity() / 18.8 - 1) < 0.005  # by hand, in 1952


def speed(compartments, dt, celsius=18.5):
    return simulate(Pulse(10, start=1), 8, celsius=celsius, compartments=compartments, dt=dt).speed(40, 60)


def test_the_axon_converges_to_that_velocity_with_order_2_in_space_and_time():
    in_time = [speed(200, dt) for dt in (0.02, 0.01, 0.005)]
    in_space = [speed(n, 0.0025) for n in (100, 200, 400)]
    assert math.log2(abs((in_time[0] - in_time[1]) / (in_time[1] - in_time[2]))) == pytest.approx(2, abs=0.1)
    assert math.log2(abs((in_space[0] - in_space[1]) / (in_space[1] - in_space[2]))) == pytest.approx(2, abs=0.1)
    exact = in_space[2] + (in_space[2] - in_space[1]) / 3 + (in_time[2] - in_time[1]) / 3 / 4
    assert exact == pytest.approx(conduction_velocity(), abs=0.003)


@pytest.mark.parametrize("celsius", [0, 6.3, 12.5, 19, 20, 25])
def test_wave_and_axon_agree_at_every_temperature(celsius):
    assert speed(400, 0.005, celsius) == pytest.approx(conduction_velocity(celsius=celsius), rel=2e-3)


def test_a_coarse_axon_is_measurably_slower():
    """The control: the comparison above would notice a step or a compartment that is too long."""
    assert abs(speed(100, 0.04) - conduction_velocity()) > 0.3


@pytest.mark.parametrize("radius", [0.5, 30, 476])
def test_velocity_grows_with_the_square_root_of_the_diameter(radius):
    ratio = conduction_velocity(radius=radius) / conduction_velocity()
    assert ratio == pytest.approx(math.sqrt(radius / 238), rel=1e-6)
    short = 100 * math.sqrt(radius / 238)
    axon = simulate(Pulse(0.1 * short, 1, 500, 0.2, 0.02 * short), 8, length=short, radius=radius, celsius=18.5)
    assert axon.speed(0.4 * short, 0.6 * short) / speed(200, 0.01) == pytest.approx(ratio, rel=1e-3)


def test_velocity_falls_with_the_square_root_of_the_resistivity_inside():
    assert conduction_velocity(axial_resistivity=4 * 35.4) == pytest.approx(0.5 * conduction_velocity(), rel=1e-6)


def test_warmth_speeds_the_spike_up_and_then_stops_it():
    velocities = [conduction_velocity(celsius=celsius) for celsius in (0, 6.3, 18.5, 28)]
    assert np.all(np.diff(velocities) > 0)
    assert conduction_velocity(celsius=33.5) < conduction_velocity(celsius=30)

    with pytest.raises(ValueError, match="no spike travels.*34 degrees C.*cool it"):
        conduction_velocity(celsius=34)

    def arrives(celsius):
        """Far from the electrode, with a peak that the warmth has lowered to about -20 mV."""
        axon = simulate(Pulse(10, start=1), 12, celsius=celsius, compartments=400, dt=0.005, every=4)
        return len(axon.spike_times(80, threshold=-30)) == 1

    assert arrives(33.5) and not arrives(34)


def test_two_spikes_that_meet_annihilate():
    axon = simulate([Pulse(5, start=1), Pulse(95, start=1)], 14, celsius=18.5)
    alone = simulate(Pulse(5, start=1), 14, celsius=18.5)
    assert len(alone.spike_times(95)) == 1
    assert [len(axon.spike_times(x)) for x in (10, 30, 45, 55, 70, 90)] == [1] * 6  # passed by one, not by two
    assert axon.spike_times(90)[0] < 2  # the right one's
    assert np.abs(axon.V[-1] - axon.V[0]).max() < 12  # nothing travels any more
    assert not (axon.V[axon.t > 6] > -20).any()


def test_two_spikes_that_follow_one_another_do_not():
    """The control: where the second comes late enough from behind, both arrive."""
    axon = simulate([Pulse(5, start=1), Pulse(5, start=8, current=1000)], 20, celsius=18.5)
    assert len(axon.spike_times(90)) == 2


def test_a_pulse_below_threshold_fades_and_one_above_arrives_whole():
    weak, strong, stronger = (simulate(Pulse(10, 1, current), 8, celsius=18.5) for current in (150, 500, 1000))
    assert len(weak.spike_times(60)) == 0 and weak.at(60).max() < -64
    assert strong.at(60).max() == pytest.approx(stronger.at(60).max(), abs=0.01)


def test_denser_sodium_channels_set_the_place_where_the_spike_starts():
    """A stimulus that all of the axon gets alike: the spike begins where there are most channels."""
    g_Na = np.where(np.abs(np.arange(200) - 60) < 8, 240.0, 120.0)
    axon = simulate(Pulse(50, 5, 8.0, 1.0, 200), 30, g_Na=g_Na, every=2)
    first = [axon.spike_times(x)[0] for x in axon.x]
    assert abs(axon.x[np.argmin(first)] - 30) < 3


# ---- outside


def test_a_line_source_is_the_integral_of_its_points():
    axon = simulate(Pulse(10, start=1), 4, celsius=18.5)
    position, distance = 30.1, 400.0
    found = axon.outside(position, distance, conductivity=0.5)
    i = 250
    total = 0.0
    for k in range(len(axon.x)):
        per_metre = axon.membrane_current[i, k] * 1e-2 * 2 * math.pi * 238e-6  # A/m
        a, b = axon.x[k] - axon.lengths[k] / 2 - position, axon.x[k] + axon.lengths[k] / 2 - position
        total += per_metre * quad(lambda x: 1 / math.hypot(x, 0.4), a, b)[0] / (4 * math.pi * 0.5)
    assert found[i] == pytest.approx(1e6 * total, rel=1e-6)


def test_the_currents_through_the_membrane_add_up_to_nothing():
    axon = simulate(Pulse(10, start=1), 4, celsius=18.5)
    assert np.abs(axon.membrane_current.sum(axis=1)).max() < 1e-9 * np.abs(axon.membrane_current).max()


def test_an_electrode_outside_sees_plus_minus_plus():
    axon = simulate(Pulse(10, start=1), 8, celsius=18.5)
    phi = axon.outside(50, 300)
    low = phi.argmin()
    before, after = phi[200:low].max(), phi[low:650].max()
    assert phi[low] < 0 < after < before < -phi[low]
    assert abs(axon.t[low] - axon.spike_times(50)[0]) < 0.2  # under the steepest rise inside
    far = axon.outside(50, 3000)
    assert np.ptp(far[200:]) < 0.2 * np.ptp(phi[200:])


# ---- what is refused


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"duration": -1}, "duration = -1"),
        ({"dt": 0.5}, "dt = 0.5 ms is too coarse.*0.05"),
        ({"compartments": 20}, "compartments of 5 mm are too coarse.*length constant is 7.*compartments = 48"),
        ({"compartments": 1}, "at least 2"),
        ({"compartments": 40.5}, "whole number"),
        ({"radius": 0}, "radius = 0 um in compartment 0 must be above 0"),
        ({"radius": [1.0, 2.0]}, r"radius has shape \(2,\) for 200 compartments"),
        ({"length": -3}, "length = .* must be above 0"),
        ({"axial_resistivity": 0}, "axial_resistivity = 0 ohm cm is not above 0"),
        ({"g_Na": -1}, "g_Na = -1 mS/cm2 .* 0 or more"),
        ({"E_K": math.nan}, "E_K = nan"),
        ({"celsius": 60}, "celsius = 60 degrees C is outside"),
        ({"g_Ca": 1}, "unknown parameter 'g_Ca'"),
        ({"every": 0}, "every = 0 steps"),
        ({"compartments": 10**6, "length": 100.0}, "record less often"),
        ({"pulses": Pulse(120)}, "position = 120 mm .* 0 to 100 mm"),
        ({"pulses": Pulse(10, width=0)}, "width = 0"),
        ({"pulses": Synapse(10, conductance=-1)}, "conductance = -1 mS/cm2 of a synapse is not from 0 to 200;"),
        ({"pulses": Synapse(10, conductance=201)}, "conductance = 201 .* smaller dt"),
        ({"pulses": Synapse(10, reversal=math.nan)}, "reversal of a synapse = nan mV"),
        ({"pulses": Pulse(10, current=1e60)}, "weaker current"),
        ({"pulses": Pulse(10, current=math.inf)}, "current of a pulse = inf"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_a_remedy(arguments, words):
    with pytest.raises(ValueError, match=words):
        simulate(**{"pulses": Pulse(10), "duration": 5, **arguments})


def test_a_pulse_is_a_pulse():
    with pytest.raises(TypeError, match="Pulse"):
        simulate([(1, 2)], 5)


@pytest.mark.parametrize("name", ["radius", "axial_resistivity"])
def test_a_velocity_needs_an_axon(name):
    with pytest.raises(ValueError, match=f"{name} = 0 .* not above 0"):
        conduction_velocity(**{name: 0})


def test_what_never_arrives_has_no_speed():
    axon = simulate(Pulse(10, 1, 50), 5, every=5)
    with pytest.raises(ValueError, match="no spike arrives at 20 mm"):
        axon.speed(20, 40)
    with pytest.raises(ValueError, match="position = 101 mm is not on the axon"):
        axon.at(101)
    with pytest.raises(ValueError, match="inside the axon"):
        axon.outside(20, 10)
    with pytest.raises(ValueError, match="conductivity"):
        axon.outside(20, 300, conductivity=0)


# ---- insulated


def myelinated(diameter, crowding):
    """Velocity (m/s) of a fibre of this outer diameter (um) whose lengths all keep their proportions but the node's."""
    spacing, membranes = 0.1 * diameter, 17 * diameter  # mm; wrapped sheath of a thickness in proportion
    node = np.tile(np.arange(11) == 0, 20)
    lengths = np.where(node, 0.0015, (spacing - 0.0015) / 10)
    insulated = {"C": np.where(node, 1, 1 / membranes), "g_L": np.where(node, 0.3 * crowding, LEAK["g_L"] / membranes)}
    insulated["E_L"] = np.where(node, -54.387, LEAK["E_L"])
    channels = {name: np.where(node, crowding * g, 0) for name, g in (("g_Na", 120), ("g_K", 36))}
    pulse = Pulse(0, 0.1, 20000 * crowding, 0.1, 0.01)
    axon = simulate(pulse, 2.5, lengths, 0.35 * diameter, dt=0.002, celsius=18.5, **insulated, **channels)
    return axon.speed(5 * spacing, 15 * spacing)


def test_a_myelinated_axon_is_faster_and_its_velocity_grows_with_the_diameter_itself():
    slow, fast = myelinated(5, 10), myelinated(10, 10)
    assert fast / slow == pytest.approx(2, rel=0.01)
    assert fast > 8 * conduction_velocity(radius=5)
