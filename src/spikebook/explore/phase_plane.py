"""The phase plane and the voltage of one neuron with a parabola, a straight line and a reset, linked.

The plane's formulas are in `izhikevich_model`; the view, `js/phase_plane.js`, draws what they and the simulation give.
"""

import numpy as np

from .. import stimuli
from ..compilation import gather
from ..izhikevich_model import KINDS, SCALAR, coefficients, fixed_points, rest_is_lost
from ..methods import entry, program, written
from ..simulation import simulate
from .base import Arrays, ExplorerBase
from .controls import choice, slider
from .translate import javascript

DT = 0.05  # ms, of the converged solution
PULSE_WIDTH = 2.0  # ms
MOST_PULSES = 40
SCHEMES = {
    "converged": "converged: Runge-Kutta",
    "0.1": "Euler, steps of 0.1 ms",
    "0.25": "Euler, 0.25 ms: the author's script",
    "0.5": "Euler, 0.5 ms",
}


class PhasePlane(ExplorerBase):
    """A neuron of the family of Izhikevich's: nullclines, fixed points and a trajectory with its resets.

    model      any of the family: two variables, a parabola and a straight line (see `izhikevich_model`)
    parameters name -> (low, high, value, step), a slider each
    current    the same for the constant input
    window     the part of the plane that is always seen: {"v": (low, high), "u": (low, high)}
    start      where the trajectory starts, by variable
    presets    label -> settings;        pulses    ms, at which short pulses begin from the start

    Every control is a trait of its name. `trace()` has, over `t`, both variables and the current; the spike times; v and u
    of the fixed points and their kinds, as numbers in `KINDS`; and the inputs at which rest is lost.
    """

    def __init__(self, model, name, title, hint, *, parameters, current, window, start, presets, pulses=()):
        self.model, self._window = model, window
        v, u = model.state
        units = {name: parameter.unit for name, parameter in model.parameters.items()}
        unit_v, unit_u = units["c"], units["d"]
        least = {v: (window[v][0], model.threshold - 5, start[v], 0.5), u: (*window[u], start[u], 0.1)}
        controls = [
            slider("current", model.current_unit or unit_u, "input, constant", "input", current),
            *(
                slider(key, units[key], model.parameters[key].meaning, "neuron", given)
                for key, given in parameters.items()
            ),
            slider("pulse_current", model.current_unit or unit_u, "each 2 ms long", "input", (-20, 20, 10, 0.1)),
            slider("v_start", unit_v, "where it starts", "start", least[v]),
            slider("u_start", unit_u, "where it starts", "start", least[u]),
            {**slider("duration", "ms", "simulated time", "run", (50, 500, 200, 10)), "whole": True},
            choice("scheme", "solved by", "run", SCHEMES),
        ]
        methods = ["rk4", "euler"]
        scalar = gather(SCALAR)
        super().__init__(
            "phase_plane",
            name,
            title,
            hint,
            controls=controls,
            lists={"pulses": (list(pulses), MOST_PULSES)},
            presets=presets,
            fixed={key: one.value for key, one in model.parameters.items() if key not in parameters},
            equations="\n\n".join([written(model, methods), scalar]),
            code=javascript(
                "\n\n".join([program(model, methods), gather(stimuli.SAMPLERS), scalar, coefficients(model)])
            ),
            runs={"converged": entry("rk4"), "euler": entry("euler")},
            parameters=list(model.parameters),
            state=list(model.state),
            units=[unit_v, unit_u],
            threshold=model.threshold,
            limits=list(model.current_range),
            window=[list(window[v]), list(window[u])],
            kinds=KINDS,
            dt=DT,
            pulse_width=PULSE_WIDTH,
            forever=stimuli.FOR_EVER,
        )

    def trace(self):
        """What Python computes at the present settings."""
        settings = {**self._fixed, **self.settings}
        parameters = {name: settings[name] for name in self.model.parameters}
        current = stimuli.step(settings["current"])
        current = current + stimuli.pulses(settings["pulse_current"], settings["pulses"], PULSE_WIDTH)
        converged = settings["scheme"] == "converged"
        run = simulate(
            self.model,
            current,
            settings["duration"],
            DT if converged else float(settings["scheme"]),
            "rk4" if converged else "euler",
            dict(zip(self.model.state, (settings["v_start"], settings["u_start"]))),
            **parameters,
        )
        points = fixed_points(self.model, settings["current"], **parameters)
        return Arrays(
            **{name: run[name] for name in run.names},
            spike_times=run.spike_times,
            fixed_points=np.array([value for point in points for value in (point.v, point.u)]),
            kinds=np.array([float(KINDS.index(point.kind)) for point in points]),
            rest_is_lost=np.array([edge.current for edge in rest_is_lost(self.model, **parameters)]),
        )
