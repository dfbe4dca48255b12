"""The explorer of a membrane at rest: solutions and permeabilities in, every ion's potential and the membrane's out."""

import numpy as np

from .. import theme
from ..compilation import gather
from ..membrane_potential import MAMMAL, RESTING, SQUID, VALENCE, E_ion, V_goldman
from ..methods import entry, flows, program
from ..permeability import MEMBRANE
from ..simulation import simulate
from .base import Arrays, ExplorerBase
from .controls import slider
from .translate import javascript

LABELS = {"K": "K⁺", "Na": "Na⁺", "Cl": "Cl⁻"}
DURATION, DT, METHOD = 10.0, 0.01, "rk4"  # ms, ms


class MembraneExplorer(ExplorerBase):
    """Explore a membrane of constant permeabilities between two solutions.

    ranges   by name, (low, high) or (low, high, value) or (low, high, value, step): P_Na, P_K and P_Cl (1e-6 cm/s), Na_out,
             Na_in, K_out, K_in, Cl_out and Cl_in (mM), celsius

    `trace()` has `t` (ms) and, over it, `V` (mV) from the moment at which the channels of an uncharged membrane open, at
    0 mV; the currents `I_K`, `I_Na`, `I_Cl` (uA/cm2, outward); and the constants that it settles by: `V_rest`, which is
    the Goldman potential, and the Nernst potentials `E_K`, `E_Na`, `E_Cl`.
    """

    def __init__(self, name, title, hint="", presets=None, **ranges):
        controls = []
        for key, given in ranges.items():
            parameter = MEMBRANE.parameters[key]
            ion, side = key.partition("_")[::2]
            is_solution = side in ("out", "in")
            group = {"out": "outside", "in": "inside"}.get(side, "membrane")
            control = slider(key, parameter.unit, parameter.meaning, group, given, parameter.value)
            controls.append({**control, "label": f"{LABELS[ion]} {group}", "meaning": ""} if is_solution else control)
        equations = program(MEMBRANE, [METHOD])
        super().__init__(
            "membrane",
            name,
            title,
            hint,
            controls=controls,
            presets=presets,
            fixed={"C": MEMBRANE.parameters["C"].value},
            equations=gather([E_ion, V_goldman, *MEMBRANE.functions]),
            code=javascript("\n\n".join([equations, gather([E_ion, V_goldman]), flows(MEMBRANE)])),
            entry=entry(METHOD),
            parameters=list(MEMBRANE.parameters),
            ions={
                ion: {"valence": VALENCE[ion], "label": LABELS[ion], "colour": theme.QUANTITIES[f"I_{ion}"][0]}
                for ion in LABELS
            },
            duration=DURATION,
            dt=DT,
        )

    def trace(self):
        """The arrays that Python computes at the present settings."""
        values = {**self._fixed, **self.settings}
        run = simulate(MEMBRANE, 0.0, DURATION, DT, METHOD, {"V": 0.0}, **values)
        sides = {ion: (values[f"{ion}_out"], values[f"{ion}_in"]) for ion in LABELS}
        constants = {f"E_{ion}": E_ion(VALENCE[ion], *sides[ion], values["celsius"]) for ion in LABELS}
        P = [values[f"P_{ion}"] for ion in LABELS]
        constants["V_rest"] = V_goldman(*P, *(one for ion in LABELS for one in sides[ion]), values["celsius"])
        currents = {name: run[name] for name in MEMBRANE.currents}
        return Arrays(
            t=run.t, V=run.V, **currents, **{name: np.full(len(run.t), value) for name, value in constants.items()}
        )


def solution(animal, celsius):
    """Settings of an animal's solutions at its temperature, with the membrane at rest."""
    sides = {"out": animal["outside"], "in": animal["inside"]}
    concentrations = {f"{ion}_{side}": sides[side][ion] for ion in LABELS for side in sides}
    return {**{f"P_{ion}": P for ion, P in RESTING.items()}, **concentrations, "celsius": celsius}


PRESETS = {
    "Squid axon": solution(SQUID, 6.3),
    "Mammalian neuron": solution(MAMMAL, 37.0),
    "Sodium channels open": {"P_Na": 20.0},
}
