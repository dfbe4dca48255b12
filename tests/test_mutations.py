"""The chapters' hidden asserts are sharp: an equation changed behind their back makes one of them fail.

Each mutant is a copy of the package with one parameter moved by a fifth or one sign flipped. Every cell of every chapter
is run on it until an assert fails; other errors do not count, since a reader's number could be wrong without any.
"""

import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).parents[1]
CHAPTERS = [path for name in parse_toc_yaml(ROOT / "_toc.yml") if (path := ROOT / f"{name}.ipynb").exists()]


class Mutant(NamedTuple):
    what: str
    file: str
    before: str
    after: str


MUTANTS = [
    Mutant("C + 20 %", "hodgkin_huxley.py", "Parameter(1.0,", "Parameter(1.2,"),
    Mutant("g_Na - 20 %", "hodgkin_huxley.py", "Parameter(120.0,", "Parameter(96.0,"),
    Mutant("g_K + 20 %", "hodgkin_huxley.py", "Parameter(36.0,", "Parameter(43.2,"),
    Mutant("g_L + 20 %", "hodgkin_huxley.py", "Parameter(0.3,", "Parameter(0.36,"),
    Mutant("E_Na - 20 %", "hodgkin_huxley.py", "Parameter(50.0,", "Parameter(40.0,"),
    Mutant("E_K - 20 %", "hodgkin_huxley.py", "Parameter(-77.0,", "Parameter(-61.6,"),
    Mutant("E_L + 20 %", "hodgkin_huxley.py", "Parameter(-54.387,", "Parameter(-65.2644,"),
    Mutant("temperature + 20 %", "hodgkin_huxley.py", "Parameter(6.3,", "Parameter(7.56,"),
    Mutant("Q10 - 20 %", "hodgkin_huxley.py", "return 3 ** (", "return 2.4 ** ("),
    Mutant("alpha_n + 20 %", "hodgkin_huxley.py", "return 0.1 * x_over", "return 0.12 * x_over"),
    Mutant("alpha_m at 20 % less", "hodgkin_huxley.py", "return x_over_one_minus_exp((V + 40)", "return x_over_one_minus_exp((V + 32)"),
    Mutant("beta_m 20 % less steep", "hodgkin_huxley.py", "exp(-(V + 65) / 18)", "exp(-(V + 65) / 21.6)"),
    Mutant("alpha_h's exponent flipped", "hodgkin_huxley.py", "0.07 * exp(-(V + 65)", "0.07 * exp((V + 65)"),
    Mutant("beta_h's exponent flipped", "hodgkin_huxley.py", "1 / (1 + exp(-(V", "1 / (1 + exp((V"),
    Mutant("I_K with n^3", "hodgkin_huxley.py", "g_K * n**4", "g_K * n**3"),
    Mutant("sodium replaced inside", "hodgkin_huxley.py", "nernst(1, fraction, 1, celsius)", "nernst(1, 1, fraction, celsius)"),
    Mutant("tetrodotoxin half as potent", "hodgkin_huxley.py", '{"g_Na": g_Na / (1 + TTX', '{"g_Na": g_Na / (1 + 0.5 * TTX'),
    Mutant("currents of 1952 in today's signs", "hodgkin_huxley.py", 'return _plain(-_numbers("I"', 'return _plain(_numbers("I"'),
    Mutant("clamped gates slow by a fifth", "voltage_clamp.py", "exp(-dt * total_", "exp(-0.8 * dt * total_"),
    Mutant("a charge on half the capacitor", "voltage_clamp.py", 'values["C"] * records["jump"]', '0.5 * values["C"] * records["jump"]'),
    Mutant("single gates fast by a fifth", "channel_noise.py", "expm1(-speed * total * dt)", "expm1(-1.2 * speed * total * dt)"),
    Mutant("the rig blocks half of what it says", "explore/clamp_rig.py", "(1 - blocked / 100)", "(1 - blocked / 200)"),
    Mutant("Nernst upside down", "membrane_potential.py", "log(outside / inside)", "log(inside / outside)"),
    Mutant("v - 2 %", "izhikevich.py", "return 0.04 * v**2 + 5 * v + 140 - u + I", "return 0.04 * v**2 + 4.9 * v + 140 - u + I"),
    Mutant("u left as it was", "izhikevich.py", "return u + d", "return u"),
    Mutant("recovery slow by a fifth", "izhikevich.py", "return a * (b * v - u)", "return 0.8 * a * (b * v - u)"),
    Mutant("a spike adds a fifth less", "izhikevich.py", '"d": Parameter(8.0', '"d": Parameter(6.4'),
    Mutant("fast spiking less fast", "izhikevich.py", '"fast spiking", 0.1,', '"fast spiking", 0.08,'),
    Mutant("a root of the parabola of 2007 mirrored", "izhikevich.py", "(v - v_r) * (v - v_t) - u", "(v - v_r) * (v + v_t) - u"),
    Mutant("recovery of 2007 counted from zero", "izhikevich.py", "return a * (b * (v - v_r) - u)", "return a * (b * v - u)"),
    Mutant("the trace of the plane flipped", "izhikevich_model.py", "found[3] = (-plane[7] - plane[1])", "found[3] = (plane[7] - plane[1])"),
    Mutant("a saddle taken for a node", "izhikevich_model.py", "det = slope * plane[7] - plane[3]", "det = slope * plane[7] + plane[3]"),
    Mutant("the line of the plane tilted the other way", "izhikevich_model.py", "return -(plane[5] + plane[6] * v)", "return -(plane[5] - plane[6] * v)"),
    Mutant("class 1 under another current", "firing_patterns/patterns.py", "4.1 * v + 108", "4.1 * v + 107"),
    Mutant("accommodation around another voltage", "firing_patterns/patterns.py", "return a * b * (v + 65)", "return a * b * (v + 64)"),
    Mutant("inhibition-induced spiking with a positive a", "firing_patterns/patterns.py", '"inhibition-induced spiking", -0.02,', '"inhibition-induced spiking", 0.02,'),
    Mutant("even within a twentieth", "firing_patterns/criteria.py", "EVEN = 1.5", "EVEN = 1.05"),
    Mutant("latency before the end of the pulse", "firing_patterns/criteria.py", "if s[0] - t[1] > t[1] - t[0]", "if s[0] - t[1] < t[1] - t[0]"),
    Mutant("class 1 ten times as strict", "firing_patterns/criteria.py", "m[0] < 0.1 * m[1]", "m[0] < 0.01 * m[1]"),
    Mutant("a script's current a step too long", "experiments.py", "if t > start and t < stop", "if t >= start and t <= stop"),
    Mutant("inhibition excites", "first_network.py", "np.float32(-inhibition * scale)", "np.float32(inhibition * scale)"),
    Mutant("a leaky neuron's spike early in its step", "steps.py", '"reached(speed_, conductance_, threshold_ - V) / (h_ / C)"', '"0.9 * reached(speed_, conductance_, threshold_ - V) / (h_ / C)"'),
    Mutant("a step flipped", "stimuli.py", "ramp(amplitude, amplitude,", "ramp(-amplitude, -amplitude,"),
    Mutant("a ramp's slope flipped", "stimuli.py", "slope = (last - first)", "slope = (first - last)"),
    Mutant("a wrong weight in the adaptive method", "steps.py", "(44 / 45, -56 / 15, 32 / 9)", "(44 / 45, -55 / 15, 32 / 9)"),
    Mutant("a jump inside a step moved to its edge", "stimuli.py", "floor(maximum(part, 0.0) * 1e6 + 0.5) / 1e6", "floor(maximum(part, 0.0) + 0.5)"),
    Mutant("rk4's middle + 20 %", "steps.py", '(2, f"0.5 * {h}", ', '(2, f"0.6 * {h}", '),
    Mutant("exponential Euler's current flipped", "steps.py", "({inputs[1]} - outward_)", "({inputs[1]} + outward_)"),
    Mutant("R - 20 %", "membrane_potential.py", "R = 8.314462618", "R = 6.65157"),
    Mutant("chloride's valence flipped", "membrane_potential.py", '"Cl": -1', '"Cl": 1'),
    Mutant("chloride on the wrong side", "membrane_potential.py", "P_Cl * Cl_in", "P_Cl * Cl_out"),
    Mutant("the chord equation's weights squared", "membrane_potential.py", "current + g * _n", "current + g * g * _n"),
    Mutant("ions moved + 20 %", "membrane_potential.py", "ELEMENTARY_CHARGE = 1.602", "ELEMENTARY_CHARGE = 1.335"),
    Mutant("tau + 20 %", "membrane_potential.py", 'uF/cm2") / _above', 'uF/cm2") * 1.2 / _above'),
    Mutant("I_goldman's field flipped", "permeability.py", "u = z * F * V", "u = -z * F * V"),
    Mutant("a pump of 2 for 3", "permeability.py", "to_Na + 3 * I_pump", "to_Na + 2 * I_pump"),
    Mutant("the leak of LEAKY + 20 %", "reduced_models.py", 'Parameter(0.1, "mS/cm2", "leak conductance", 0.01', 'Parameter(0.12, "mS/cm2", "leak conductance", 0.01'),
    Mutant("the threshold of LEAKY + 10 %", "reduced_models.py", '"V_th": Parameter(-50.0', '"V_th": Parameter(-55.0'),
    Mutant("a slope at a spike's crossing flipped", "methods.py", "+ slope_after * x", "- slope_after * x"),
    Mutant("AMPA receptors open 20 % faster", "synapses/receptors.py", "AMPA = Receptor(alpha=1.1,", "AMPA = Receptor(alpha=1.32,"),
    Mutant("magnesium blocks from inside", "synapses/receptors.py", "np.exp(-0.062 * V)", "np.exp(0.062 * V)"),
    Mutant("an alpha conductance that closes late", "synapses/potentials.py", "t / tau * np.exp(1 - t / tau)", "t / tau * np.exp(1 - t / (1.2 * tau))"),
    Mutant("quanta + 20 %", "synapses/release.py", "return packets * q + rng", "return 1.2 * packets * q + rng"),
    Mutant("nothing is used up", "synapses/plasticity.py", "available -= use * available", "available -= 0.0 * use"),
    Mutant("conductances of a crowd + 20 %", "synapses/bombardment.py", "opened = w * mean_over", "opened = 1.2 * w * mean_over"),
    Mutant("shunting at the wrong voltage", "synapses/bombardment.py", "G_E * E_E + G_I * E_I) / G", "G_E * E_E + G_I * (E_I + 15.0)) / G"),
    Mutant("a generator's multiplier", "random_numbers.py", "1403580.0 * state[1]", "1403581.0 * state[1]"),
    Mutant("the angle of a Gabor field mirrored", "receptive_fields/fields.py", "across = y * cos(theta) - x * sin(theta)\n    envelope", "across = y * cos(theta) + x * sin(theta)\n    envelope"),
    Mutant("a spot's surround - 20 %", "receptive_fields/fields.py", "return centre - surround * around\n\n\ndef best", "return centre - 0.8 * surround * around\n\n\ndef best"),
    Mutant("light depolarises a cone", "receptive_fields/photoreceptors.py", "return V_DARK - naka", "return V_DARK + naka"),
    Mutant("a simple cell's gain + 20 %", "receptive_fields/bench.py", "SIMPLE_GAIN = 4.0, 80.0", "SIMPLE_GAIN = 4.0, 96.0"),
    Mutant("spikes on the bench + 20 %", "receptive_fields/bench.py", "rates[k] * width / 1000", "1.2 * rates[k] * width / 1000"),
    Mutant("a complex cell of one field", "receptive_fields/cortex.py", "np.sqrt(even**2 + odd**2)", "np.sqrt(even**2)"),
    Mutant("the least of a pool", "receptive_fields/cortex.py", "tiles.max(axis=(2, 4))", "tiles.min(axis=(2, 4))"),
    Mutant("the half-wave flipped", "receptive_fields/reverse_correlation.py", "maximum(0.0, L)", "maximum(0.0, -L)"),
    Mutant("FitzHugh's b - 20 %", "reduced_models.py", '"b": Parameter(0.8, "", "how strongly', '"b": Parameter(0.64, "", "how strongly'),
    Mutant("the A current without its inactivation", "added_currents.py", "return g_A * a**3 * b * (V", "return g_A * a**3 * (V"),
    Mutant("chance flatters a coincidence", "choosing_a_model.py", "(found - chance * len(model))", "(found + chance * len(model))"),
    Mutant("u moved by the old v", "first_network.py", "        v[j] = half_step(middle, u[j], I[j])\n        leaps += (middle < lowest) & (v[j] >= PEAK)\n        u[j] = u[j] + du(v[j],", "        v[j] = half_step(middle, u[j], I[j])\n        leaps += (middle < lowest) & (v[j] >= PEAK)\n        u[j] = u[j] + du(middle,"),
    Mutant("half a step a fifth longer", "first_network.py", "return v + 0.5 * dv(v, u, I)", "return v + 0.6 * dv(v, u, I)"),
    Mutant("sparse weights not scaled", "first_network.py", "scale = USUAL_SYNAPSES / max(synapses, 1)", "scale = 1.0"),
    Mutant("a delay one slot too long", "first_network.py", "for delay in range(slots - 1):\n        slot = slot + 1 if slot + 1 < slots else 0\n        I = arriving[slot]", "for delay in range(slots - 1):\n        I = arriving[slot]\n        slot = slot + 1 if slot + 1 < slots else 0"),
    Mutant("Brunel's inhibition - 10 %", "balanced_network.py", "else -g * J\n", "else -0.9 * g * J\n"),
    Mutant("Brunel's delay + 40 %", "balanced_network.py", "DELAY = 1.5", "DELAY = 2.1"),
    Mutant("fluctuations without inhibition", "balanced_network.py", "nu * (1 + g**2 / 4)", "nu"),
    Mutant("noise into the page's network + 20 %", "live_network.py", "I[j] += thalamic_E * noise[j]", "I[j] += 1.2 * thalamic_E * noise[j]"),
    Mutant("the stimulus a frame too early", "spike_trains/correlations.py", "values[index - before].mean", "values[index - before - 1].mean"),
    Mutant("slower bursts", "spike_trains/composer.py", "WITHIN = 3.0", "WITHIN = 6.0"),
    Mutant("a gain that wanders less", "spike_trains/composer.py", "spread * sqrt(3.0) * (2 * uniform", "spread * (2 * uniform"),
    Mutant("counts that vary less", "spike_trains/composer.py", "sums[p] * sums[p] / rows) / (rows - 1)", "sums[p] * sums[p] / (rows - 1)) / (rows - 1)"),
    Mutant("noise that grows with the rate", "spike_trains/decoding.py", "np.sum(slopes**2 / rates, axis=-1)", "np.sum(slopes**2 / rates**2, axis=-1)"),
    Mutant("a likelihood without its logarithm", "spike_trains/decoding.py", "counts @ np.log(expected).T", "counts @ expected.T"),
    Mutant("bias added for each response", "spike_trains/information.py", "for row in table) - (table.shape[1] - 1)", "for row in table) + (table.shape[1] - 1)"),
    Mutant("quarters that count the wrong way", "spike_trains/information.py", "+ mean_of(4)) / 3", "- mean_of(4)) / 3"),
    Mutant("a spike moved at half the price", "spike_trains/distances.py", "row[..., :-1] + cost * np.abs", "row[..., :-1] + 0.5 * cost * np.abs"),
    Mutant("local variation - a third", "spike_trains/statistics.py", "float(3 * np.mean((", "float(2 * np.mean(("),
    Mutant("Siegert's reset at the threshold's side", "toward_learning/activation.py", "y_reset = (V_reset - mu)", "y_reset = (0.8 * V_reset - mu)"),
    Mutant("noise that counts twice", "toward_learning/activation.py", "y_th = (V_th - mu) / (sqrt(2)", "y_th = (V_th - mu) / (2 * sqrt(2)"),
    Mutant("adaptation that gives charge back", "toward_learning/activation.py", "excess = unadapted(I - 0.001", "excess = unadapted(I - 0.0012"),
    Mutant("a branch that does not fall", "toward_learning/dendrite.py", "np.exp(-np.maximum(s - 1, 0.0) / fall)", "np.exp(-0 * np.maximum(s - 1, 0.0) / fall)"),
    Mutant("who comes late grows", "toward_learning/stdp.py", "w[k] - A_minus * post", "w[k] + A_minus * post"),
    Mutant("a window of one sign", "toward_learning/stdp.py", "A_plus, -A_minus)", "A_plus, A_minus)"),
    Mutant("an electrode of the other sign", "toward_learning/electrodes.py", "step = np.diff(phi)", "step = -np.diff(phi)"),
    Mutant("a potential that forgets the 4 pi's 4", "toward_learning/electrodes.py", "(4 * np.pi * conductivity * r)", "(np.pi * conductivity * r)"),
]  # fmt: skip
BROKEN = Mutant("cannot be imported", "hodgkin_huxley.py", "from numpy import exp, expm1", "from numpy import nothing")


class Finding(NamedTuple):
    assertion: str | None  # where the first assert failed, and its text
    errors: list[str]  # what else went wrong before that


def mutate(mutant, folder):
    shutil.copytree(ROOT / "src" / "spikebook", folder / "spikebook", ignore=shutil.ignore_patterns("__pycache__"))
    if mutant:
        path = folder / "spikebook" / mutant.file
        text = path.read_text("utf-8")
        path.write_text(text.replace(mutant.before, mutant.after), "utf-8")


def run(mutant, folder):
    """Run the chapters on a mutant (None: on the package as it is) until an assert fails."""
    mutate(mutant, folder)
    # What is compiled is kept under the hash of its text, so mutants can share it, but not with the packages of everyday.
    environment = {**os.environ, "PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(folder.parent / "cache")}
    errors = []
    for path in sorted(CHAPTERS, key=lambda path: how_far_from(mutant, path)):
        notebook = nbformat.read(path, as_version=4)
        mine = f"import spikebook; assert spikebook.__file__.startswith({str(folder)!r})"
        notebook.cells.insert(0, new_code_cell(mine))
        client = NotebookClient(notebook, timeout=300, allow_errors=True, kernel_name="python3")
        with client.setup_kernel(env=environment, cwd=str(path.parent)):
            for number, cell in enumerate(notebook.cells):
                if cell.cell_type != "code":
                    continue
                client.execute_cell(cell, number)
                for output in cell.outputs:
                    if output.output_type == "error" and output.ename == "AssertionError":
                        assert number > 0, "another package than the mutant was imported"
                        return Finding(f"{path.stem}, cell {number}: {failing_line(output)}", errors)
                    if output.output_type == "error":
                        errors.append(f"{path.stem}, cell {number}: {output.ename}")
    return Finding(None, errors)


def how_far_from(mutant, path):
    """A chapter must notice by itself what it is about, so it comes first; the appendix that compares everything is last."""
    module = Path(mutant.file).parts[0].removesuffix(".py") if mutant else ""
    return path.parent.name == "appendices", not path.stem.startswith(module), module not in path.read_text("utf-8")


def failing_line(output):
    plain = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output.traceback))
    return re.findall(r"^-+> *\d+ (.*)", plain, re.M)[-1].strip()


@pytest.mark.parametrize("mutant", [BROKEN, *MUTANTS], ids=lambda mutant: mutant.what)
def test_the_line_that_a_mutant_changes_is_there_once(mutant):
    text = (ROOT / "src" / "spikebook" / mutant.file).read_text("utf-8")
    assert text.count(mutant.before) == 1, "rewrite this mutant, its line has changed"


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mutant_makes_a_hidden_assert_fail(mutant, tmp_path):
    finding = run(mutant, tmp_path)
    assert finding.assertion, f"no assert noticed; errors: {finding.errors[:3]}"


@pytest.mark.slow
def test_the_package_as_it_is_makes_none_fail(tmp_path):
    assert run(None, tmp_path) == Finding(None, [])


@pytest.mark.slow
def test_an_error_is_not_taken_for_an_assert_that_noticed(tmp_path):
    assert run(BROKEN, tmp_path).errors[0].endswith("ImportError")
