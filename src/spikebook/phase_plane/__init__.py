"""The phase plane: where a model stands still, whether it stays there, and what becomes of that as a parameter moves.

    dx/dt = f(x, p)      f(x*, p) = 0      J_ij = df_i/dx_j at x*      det(J - lambda) = 0

x       the state (V and the others)             x*      a fixed point
p       a parameter, or the input I              J       the Jacobian; lambda, its eigenvalues (1/ms)

A nullcline is where one variable stands still; nullclines cross in fixed points. A fixed point is stable while every
eigenvalue has a negative real part. It loses that when an eigenvalue passes through zero (saddle-node bifurcation: two
fixed points meet and vanish) or a complex pair passes the imaginary axis (Andronov-Hopf). A model's reset is left out.

A `window` gives the range of every variable that is looked at, {"V": (-80, 40), "w": (0, 1)}; unless it says otherwise,
gates have 0 to 1 and the voltage of a conductance model -200 to 200 mV.

Izhikevich (2007) Dynamical Systems in Neuroscience, chapters 3 to 6, doi:10.7551/mitpress/2526.001.0001.
"""

from .continuation import Bifurcation, Branch, bifurcations, branches
from .cycles import Cycle, end_of_cycles, limit_cycle
from .plane import FixedPoint, eigenvalues, equilibrium, field, fixed_points, jacobian, nullclines

__all__ = [
    "Bifurcation",
    "Branch",
    "Cycle",
    "FixedPoint",
    "bifurcations",
    "branches",
    "eigenvalues",
    "end_of_cycles",
    "equilibrium",
    "field",
    "fixed_points",
    "jacobian",
    "limit_cycle",
    "nullclines",
]
