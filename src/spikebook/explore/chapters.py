"""The chapters' explorers: which model, which knobs, and what to try first."""

from .. import hodgkin_huxley, izhikevich, reduced_models
from ..izhikevich_model import fixed_points
from .activation import ActivationExplorer
from .atlas import Atlas
from .axon import AxonExplorer
from .clamp_rig import ClampRig
from .composer import ComposerExplorer
from .explorer import Explorer
from .light_bench import LightBench
from .membrane import PRESETS, MembraneExplorer
from .network import NetworkExplorer
from .noise_experiment import NoiseExperiment
from .paired_pulses import PairedPulses
from .phase_plane import PhasePlane
from .race import RaceExplorer
from .synapses import BombardmentExplorer, PlasticityExplorer


def intro():
    """One neuron, one pulse: below a certain strength nothing comes of it, above it everything does."""
    return Explorer(
        hodgkin_huxley.MODEL,
        name="intro",
        title="One neuron, one pulse of current",
        hint="Drag the current slowly from 6 to 8: half a spike is not to be had.",
        panels=["V", "current"],
        kinds=["pulse"],
        current=(0, 20, 6.5, 0.1),
        onset=5,
        width=10,
        pulse_current=10,
        pulse_width=(0.2, 5, 1, 0.1),
        duration=30,
        celsius=(0, 30, 6.3, 0.1),
    )


def membrane_potential():
    """A membrane between two solutions: where each ion pulls the voltage, and where it comes to rest."""
    return MembraneExplorer(
        name="membrane_potential",
        title="A membrane between two solutions",
        hint="Drag sodium's permeability up from 0.04: the voltage leaves potassium's end and crosses zero. What does it approach?",
        presets=PRESETS,
        P_Na=(0, 20, 0.04, 0.01),
        P_K=(0.01, 2, 1, 0.01),
        P_Cl=(0, 2, 0.45, 0.01),
        celsius=(0, 40, 6.3, 0.1),
        K_out=(1, 200, 20, 0.5),
        K_in=(10, 500, 400, 1),
        Na_out=(10, 600, 440, 1),
        Na_in=(1, 200, 50, 1),
        Cl_out=(10, 700, 560, 1),
        Cl_in=(1, 200, 52, 1),
    )


def membrane_potential_integrate_and_fire():
    """A capacitor, a leak and a threshold: the first neuron that fires."""
    return Explorer(
        reduced_models.LEAKY,
        name="membrane_potential_integrate_and_fire",
        title="A leaky capacitor with a threshold",
        hint="Lower the current from 2 to the last value that still fires, then make the leak smaller.",
        panels=["V", "current"],
        kinds=["step", "ramp", "drawn"],
        current=(-1, 4, 2, 0.01),
        onset=10,
        width=80,
        pulse_current=(-20, 20, 10, 0.5),
        pulse_width=1,
        duration=100,
        C=(0.5, 3, 1, 0.05),
        g_L=(0.02, 0.4, 0.1, 0.005),
        V_th=(-60, -40, -50, 0.5),
        t_ref=(0, 20, 2, 0.5),
    )


def receptive_fields():
    """Hubel and Wiesel's experiment: find out with bars and spots what a cell is waiting for."""
    return LightBench(
        name="receptive_fields",
        title="What does this cell want to see?",
        hint="Drag the bar over the screen and turn it by the knob at its end, until the cell fires as fast as you can make it.",
    )


def receptive_fields_sta():
    """White noise instead of guesses: the average before a spike becomes the field."""
    return NoiseExperiment(
        name="receptive_fields_sta",
        title="A field out of noise",
        hint="Show more pictures, and watch the average before a spike turn into the field.",
    )


def action_potential():
    """A squid's axon that is stimulated in one place or two: spikes travel, and meet."""
    one = {"stimulus": "one", "place_1": 10, "time_1": 1, "current": 500, "radius": 238, "celsius": 18.5, "g_Na": 120}
    return AxonExplorer(
        "action_potential",
        "A squid's axon, 100 mm long",
        "Drag moment and watch the spikes run. Press on the map to stimulate at that place and time.",
        presets={
            "One spike": one,
            "Collision": {**one, "stimulus": "two", "place_2": 90, "time_2": 1.5},
            "No sodium channels": {**one, "g_Na": 0, "moment": 1.3},
            "Too warm": {**one, "celsius": 35},
        },
    )


def synapses():
    """Two thousand synapses pull on one neuron; their numbers, rates and strengths decide whether it fires."""
    return BombardmentExplorer(
        "synapses",
        "A tug-of-war: two thousand synapses on one neuron",
        "Drag the rate of the inhibitory synapses down, then up: the neuron fires wildly, now and then, or never.",
        {
            "Excitation alone": {"n_E": 1600, "r_E": 5.5, "w_E": 1, "n_I": 0},
            "Excitation and inhibition": {
                "n_E": 1600,
                "r_E": 5.5,
                "w_E": 1,
                "n_I": 400,
                "r_I": 10,
                "w_I": 1,
                "E_I": -75,
            },
            "Shunting": {"n_E": 1600, "r_E": 5.5, "w_E": 1, "n_I": 400, "r_I": 10, "w_I": 1, "E_I": -65},
        },
    )


def synapses_paired_pulse():
    """A synapse whose strength changes from spike to spike, tested by a train and one last spike."""
    return PlasticityExplorer(
        "synapses_paired_pulse",
        "One synapse, a train of spikes",
        "Drag the rate of the train up, then press Facilitating and do it again.",
        {
            "Depressing": {"U": 0.5, "tau_rec": 800, "tau_facil": 0},
            "Facilitating": {"U": 0.05, "tau_rec": 100, "tau_facil": 1000},
            "Paired pulse": {"n": 2, "rate": 20},
        },
    )


def refractory_period():
    """Two pulses: drag the second in time and strength over the map of success and failure."""
    return PairedPulses(
        name="refractory_period",
        title="Two pulses and a map",
        hint="The point on the map is the second pulse: drag it. How early can you get a second spike, and how weak may "
        "the pulse be?",
    )


def hodgkin_huxley_circuit():
    """A squid axon on a voltage clamp: command a voltage, and see which branch of the circuit carries the current."""
    bath = {"TTX": 0, "TEA": 0, "sodium": 100, "celsius": 6.3}
    step = {"V_hold": -65, "V_step": 0, "V_back": -65, "length": 10, "moment": 2.6, **bath}
    return ClampRig(
        "hodgkin_huxley_circuit",
        "A squid axon on a voltage clamp",
        "Drag the step, the point at the top of the command, up to +50 mV and on: what becomes of the early inward "
        "current?",
        presets={
            "One step": step,
            "Less sodium": {**step, "sodium": 10},
            "TTX": {**step, "TTX": 100, "moment": 10},
            "TEA": {**step, "TEA": 100},
            "Inactivated": {**step, "V_hold": -35},
            "Tail current": {**step, "V_step": 20, "V_back": -100, "length": 6, "TTX": 100, "moment": 8.1},
        },
    )


def hodgkin_huxley_neuron():
    """The whole neuron with an electrode: its voltage, gates and currents, and every knob of the membrane."""
    return Explorer(
        hodgkin_huxley.MODEL,
        name="hodgkin_huxley_neuron",
        title="The Hodgkin-Huxley neuron with an electrode",
        hint="Drag the current down from 10 and find where the train of spikes dies: arrow keys take fine steps. "
        "Click on the voltage to inject a pulse.",
        panels=["V", ("m", "h", "n"), ("I_Na", "I_K", "I_L"), "current"],
        current=(-20, 160, 10, 0.1),
        onset=(0, 50, 10, 0.5),
        width=(0.5, 200, 80, 0.5),
        pulse_current=(-50, 50, 20, 0.5),
        pulse_width=(0.1, 10, 1, 0.1),
        duration=(20, 300, 100, 1),
        g_Na=(0, 240, 120, 1),
        g_K=(0, 72, 36, 0.5),
        g_L=(0.1, 1, 0.3, 0.01),
        E_Na=(0, 100, 50, 1),
        E_K=(-110, -40, -77, 0.5),
        E_L=(-90, -30, -54.387, 0.1),
        celsius=(0, 30, 6.3, 0.1),
    )


def choosing_a_model():
    """The same current into six models, from four equations down to one, and what each costs."""
    return RaceExplorer(
        "choosing_a_model",
        "One current, six models",
        "Raise the strength from 2 to 3 and watch the two upper models wake up. Then change the step to a ramp.",
        presets={
            "Step": {"stimulus": "step", "strength": 2, "width": 200},
            "Slow ramp": {"stimulus": "ramp", "strength": 3, "width": 200},
            "Fast sine": {"stimulus": "sine", "strength": 2, "width": 14},
            "Noise": {"stimulus": "noise", "strength": 3, "width": 200},
        },
    )


def spike_trains():
    """A train composed of rate, regularity, bursts and refractoriness, and all that can be measured of it."""
    plain = {"order": 1, "burst": 1, "t_ref": 0, "swing": 0, "spread": 0}
    return ComposerExplorer(
        "spike_trains",
        "A spike train to compose",
        "Press Listen. Drag the order down to 1, then up to 20: so many ticks of a random clock make a spike.",
        presets={
            "Chance": plain,
            "Refractory": {**plain, "t_ref": 8},
            "Regular": {**plain, "order": 12},
            "Rhythm": {**plain, "swing": 0.9},
        },
    )


def izhikevich_model():
    """Two nullclines, a trajectory and a reset: where the neuron rests, how it fires, and what a, b, c, d do to both."""
    return PhasePlane(
        izhikevich.MODEL,
        "izhikevich_model",
        "A neuron in its phase plane",
        "Raise the current from 3.7 past 4 and watch the two fixed points. Then drag the starting point through the plane.",
        parameters={
            "a": (0.005, 0.2, 0.02, 0.005),
            "b": (-0.1, 0.3, 0.2, 0.005),
            "c": (-80, -40, -65, 0.5),
            "d": (0, 10, 8, 0.05),
        },
        current=(-10, 20, 3.7, 0.05),
        window={"v": (-90, 35), "u": (-24, 10)},
        start={"v": -70, "u": -14},
        pulses=[130],
        presets={
            "Regular spiking": _cell("RS", 14),
            "Intrinsically bursting": _cell("IB", 11),
            "Chattering": _cell("CH", 10),
            "Fast spiking": _cell("FS", 10),
            "Low-threshold spiking": _cell("LTS", 10),
            "Thalamo-cortical": _cell("TC", 1.5),
            "The same, released": _cell("TC", 0, before=-25),
            "Resonator": _cell("RZ", 0, pulses=[20, 50], pulse_current=1.2),
        },
    )


def _cell(panel, current, before=0, pulses=(), pulse_current=10):
    """A published cell whose current goes from `before`, at which it rests, to `current` at the start."""
    parameters = izhikevich.CELLS[panel].parameters
    rest = fixed_points(izhikevich.MODEL, before, **parameters)[0]
    return {
        **parameters,
        "current": current,
        "v_start": round(rest.v, 2),
        "u_start": round(rest.u, 2),
        "pulses": list(pulses),
        "pulse_current": pulse_current,
    }


def firing_patterns():
    """Twenty patterns, each under its current and in its plane: bend one until it no longer deserves its name."""
    return Atlas(
        "firing_patterns",
        "An atlas of twenty patterns",
        "Press one of the small pictures. Then move the pointer along its voltage, and bend c or d until the sentence says no.",
        pattern="tonic bursting",
        window={"v": (-90, 35), "u": (-24, 10)},
    )


def first_network():
    """A thousand neurons in the page, alive: their synapses are turned up and down while they fire."""
    published = {"excitation": 0.5, "inhibition": 1, "thalamic_E": 5, "thalamic_I": 2, "n_inhibitory": 200}
    return NetworkExplorer(
        "first_network",
        "A thousand neurons, alive",
        "Each dot is a spike. Raise the inhibition to 2 and watch stripes and spectrum. Press on the raster to see one "
        "neuron's voltage.",
        presets={
            "As published": published,
            "No synapses": {**published, "excitation": 0, "inhibition": 0},
            "Slow rhythm alone": {**published, "excitation": 0.25, "inhibition": 0},
            "No excitation": {**published, "excitation": 0},
            "No inhibition": {**published, "inhibition": 0},
        },
    )


def toward_learning():
    """A neuron's rate against its input, beside the units that artificial networks are made of."""
    return ActivationExplorer(
        "toward_learning",
        "How much of a unit is in a neuron?",
        "Drag the noise up from 1 mV: the corner of the neuron's curve goes soft. Then make the refractory period long.",
        presets={
            "No noise": {"sigma": 0, "q": 0, "t_ref": 2, "unit": "ReLU"},
            "In noise": {"sigma": 4, "q": 0, "t_ref": 2, "unit": "softplus"},
            "Long refractory period": {"sigma": 4, "q": 0, "t_ref": 15, "unit": "sigmoid"},
        },
    )
