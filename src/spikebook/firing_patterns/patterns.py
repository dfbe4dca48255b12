"""The twenty firing patterns of one figure: the Izhikevich neuron, with the current that brings each of them out.

Izhikevich (2004) IEEE Trans Neural Netw 15:1063, figure 1, doi:10.1109/TNN.2004.832719; the author's script is at
ModelDB, 39948. Three of its neurons have equations of their own:

    class 1 excitable, integrator    dv/dt = 0.04 v^2 + 4.1 v + 108 - u + I
    accommodation                    du/dt = a b (v + 65)

and in the two that inhibition sets off, a is negative: u runs away from b v instead of towards it.

    trace = PATTERNS["tonic bursting"].simulate()                      the equations' solution
    trace = PATTERNS["tonic bursting"].simulate(scheme="published")    the script's, step for step
    [pattern.compare() for pattern in PATTERNS.values()]               how far apart they are

Steps of 0.1 to 0.5 ms are coarse for these equations, and the figure is as much a picture of them as of the neurons.
`note` says where that matters most.
"""

from dataclasses import replace

from ..experiments import Experiment
from ..izhikevich import MODEL


def dv_class_1(v, u, I):
    return 0.04 * v**2 + 4.1 * v + 108 - u + I


def du_accommodating(v, a, b):
    return a * b * (v + 65)


def _variant(name, derivatives, **values):
    parameters = {key: parameter._replace(value=values[key]) for key, parameter in MODEL.parameters.items()}
    return replace(MODEL, name=name, parameters=parameters, derivatives={**MODEL.derivatives, **derivatives})


CLASS_1 = _variant("Izhikevich, class 1", {"v": dv_class_1}, a=0.02, b=-0.1, c=-55.0, d=6.0)
ACCOMMODATING = _variant("Izhikevich, accommodating", {"u": du_accommodating}, a=0.02, b=1.0, c=-55.0, d=4.0)


def _pattern(panel, name, a, b, c, d, v, *pieces, u=None, duration, step=0.25, model=MODEL, **more):
    parameters, initial = dict(a=a, b=b, c=c, d=d), dict(v=v, u=b * v if u is None else u)
    return Experiment(panel, name, model, parameters, initial, duration, step, pieces, **more)


def _on(value, start, stop):
    return value, value, start, stop


PATTERNS = {
    pattern.name: pattern
    for pattern in (
        _pattern("A", "tonic spiking", 0.02, 0.2, -65, 6, -70, _on(14, 10, 100), duration=100),
        _pattern("B", "phasic spiking", 0.02, 0.25, -65, 6, -64, _on(0.5, 20, 200), duration=200),
        _pattern("C", "tonic bursting", 0.02, 0.2, -50, 2, -70, _on(15, 22, 220), duration=220),
        _pattern("D", "phasic bursting", 0.02, 0.25, -55, 0.05, -64, _on(0.6, 20, 200), duration=200, step=0.2),
        _pattern("E", "mixed mode", 0.02, 0.2, -55, 4, -70, _on(10, 16, 160), duration=160),
        _pattern("F", "spike frequency adaptation", 0.01, 0.2, -65, 8, -70, _on(30, 8.5, 85), duration=85),
        _pattern(
            "G", "class 1 excitable", 0.02, -0.1, -55, 6, -60, (0, 20.25, 30, 300), duration=300, model=CLASS_1
        ),
        _pattern("H", "class 2 excitable", 0.2, 0.26, -65, 0, -64, (0, 4.05, 30, 300), duration=300, background=-0.5),
        _pattern(
            "I", "spike latency", 0.02, 0.2, -65, 6, -70, _on(7.04, 10, 13), duration=100, step=0.2,
            note="The spike of the figure comes 13.6 ms after the pulse, that of the equations 3.6 ms after it: the "
            "sampled pulse is one step shorter than 3 ms, and near threshold every bit less makes the spike later.",
        ),
        _pattern("J", "subthreshold oscillations", 0.05, 0.26, -60, 0, -62, _on(2, 20, 25), duration=200),
        _pattern(
            "K", "resonator", 0.1, 0.26, -60, -1, -62,
            _on(0.65, 40, 44), _on(0.65, 60, 64), _on(0.65, 280, 284), _on(0.65, 320, 324), duration=400,
        ),
        _pattern(
            "L", "integrator", 0.02, -0.1, -55, 6, -60,
            _on(9, 100 / 11, 100 / 11 + 2), _on(9, 100 / 11 + 5, 100 / 11 + 7), _on(9, 70, 72), _on(9, 80, 82),
            duration=100, model=CLASS_1,
        ),
        _pattern("M", "rebound spike", 0.03, 0.25, -60, 4, -64, _on(-15, 20, 25), duration=200, step=0.2),
        _pattern("N", "rebound burst", 0.03, 0.25, -52, 0, -64, _on(-15, 20, 25), duration=200, step=0.2),
        _pattern(
            "O", "threshold variability", 0.03, 0.25, -60, 4, -64,
            _on(1, 10, 15), _on(-6, 70, 75), _on(1, 80, 85), duration=100,
        ),
        _pattern(
            "P", "bistability", 0.1, 0.26, -60, 0, -61,
            _on(1, 37.5, 42.5), _on(1, 216, 221), duration=300, background=0.24,
            note="The second pulse must meet the right phase to end the firing. It does in the figure, but the "
            "solution of the equations fires earlier and goes on; there a pulse at 208 ms ends it.",
        ),
        _pattern(
            "Q", "depolarizing after-potential", 1, 0.2, -60, -21, -70, _on(20, 9, 11), duration=50, step=0.1,
            note="The one spike with its after-potential exists only in steps of 0.1 ms or more: with half of that "
            "there are two, and the solution of the equations is a train of eight.",
        ),
        _pattern(
            "R", "accommodation", 0.02, 1, -55, 4, -65, (0, 8, 0, 200), (0, 4, 300, 312.5), u=-16,
            duration=400, step=0.5, model=ACCOMMODATING,
        ),
        _pattern(
            "S", "inhibition-induced spiking", -0.02, -1, -60, 8, -63.8, _on(5, -1, 50), _on(5, 250, 350),
            duration=350, step=0.5, background=75,
        ),
        _pattern(
            "T", "inhibition-induced bursting", -0.026, -1, -45, -2, -63.8, _on(5, -1, 50), _on(5, 250, 350),
            duration=350, step=0.5, background=75, converged=dict(d=-0.7),
            note="With the published d = -2 every spike makes the next one come sooner, and only the coarse step ends "
            "the bursts: the solution of the equations spikes without end. The converged run has d = -0.7 instead.",
        ),
    )
}  # fmt: skip
