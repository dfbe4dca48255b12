"""The same equations give the same numbers compiled and as plain Python, an edited function is never answered from a
cache, what cannot be compiled is refused by name and line, and the package's layers import only what stands below."""

import ast
import math
import sys
from pathlib import Path

import compiled_runs
import fresh
import numpy as np
import pytest

import spikebook
from spikebook import Model, Parameter, simulate
from spikebook.compilation import gather

PACKAGE = Path(spikebook.__file__).parent
OPTIONAL = {"matplotlib", "numba", "llvmlite", "scipy", "IPython", "anywidget", "ipywidgets", "traitlets", "pscript"}

# ---- the same numbers


def test_numbers_are_the_same_with_and_without_numba(tmp_path):
    """To 1e-9 of each array's range. The texts are equal, so only the last digit of exp and of what LLVM contracts
    differs; near threshold the neuron itself magnifies that a thousandfold and more."""
    file = tmp_path / "plain.npz"
    script = Path(compiled_runs.__file__).read_text(encoding="utf-8")
    (tmp_path / "runs.py").write_text(script, encoding="utf-8")
    check = """
        from spikebook.compilation import has_numba
        assert not has_numba()
        import runpy, sys
        runpy.run_path("runs.py", run_name="__main__")
    """
    fresh.python(check, file, without={"numba"}, folder=tmp_path)
    plain, compiled = np.load(file), compiled_runs.arrays()
    assert spikebook.compilation.has_numba()
    assert sorted(plain) == sorted(compiled)
    assert sum(len(compiled[name]) for name in compiled if name.endswith("spike_times")) >= 10
    for name, values in compiled.items():
        assert plain[name].shape == values.shape, name
        if values.size:
            assert np.abs(plain[name] - values).max() <= 1e-9 * max(np.ptp(values), 1.0), name


@pytest.mark.parametrize("contract", [False, True])
def test_another_process_finds_what_one_has_compiled(tmp_path, contract):
    """Python orders sets anew in every process; the text's name must not notice."""
    caches = {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    script = f"""
        from spikebook.compilation import load
        print(load("def one(x):\\n    return exp(x)\\n", ("one",), contract={contract}).one(0.0))
    """
    for seed in ("1", "2", "3", "4"):
        assert fresh.python(script, PYTHONHASHSEED=seed, **caches) == "1.0"
    assert len(list((tmp_path / "spikebook").glob("*.py"))) == 1


def test_numpy_alone_is_enough_to_import_and_simulate():
    printed = fresh.python(
        """
        import spikebook as sb
        trace = sb.simulate(sb.hodgkin_huxley.MODEL, current=sb.stimuli.step(10, start=1), duration=20)
        print(*trace.spike_times.round(2), trace.method)
        """,
        without=OPTIONAL,
    )
    assert printed == "2.9 17.82 rk4"


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path):
    (tmp_path / "file").write_text("no folder")
    script = "import spikebook as sb; print(len(sb.simulate(sb.hodgkin_huxley.MODEL, 10, duration=5).spike_times))"
    assert fresh.python(script, without={"numba"}, XDG_CACHE_HOME=str(tmp_path / "file")) == "1"


# ---- no stale cache

EDITED = """
import spikebook as sb
from spikebook import Model, Parameter
from currents import I_leak
PARAMETERS = {"C": Parameter(1.0, "uF/cm2", "capacitance"), "g": Parameter(0.1, "mS/cm2", "leak")}
model = Model(name="edited", parameters=PARAMETERS, currents={"I_leak": I_leak})
print(sb.simulate(model, 0.0, duration=1, initial={"V": 1.0}).V[-1])
"""


def test_an_edited_callee_in_another_file_changes_the_result(tmp_path):
    (tmp_path / "currents.py").write_text("from helper import drive\n\ndef I_leak(V, g):\n    return g * drive(V)\n")
    results = []
    for factor in (1, 3, 1):
        (tmp_path / "helper.py").write_text(f"def drive(V):\n    return {factor} * V\n")
        environment = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        results.append(float(fresh.python(EDITED, folder=tmp_path, **environment)))
    assert results == pytest.approx([math.exp(-0.1), math.exp(-0.3), math.exp(-0.1)], rel=1e-9)


def test_a_model_may_live_in_notebook_cells_and_follows_their_redefinition(tmp_path):
    """A callee and a number are defined anew in later cells; the model's own cell is not run again."""
    printed = fresh.python(
        '''
        from IPython.core.interactiveshell import InteractiveShell
        shell = InteractiveShell()
        def run(cell):
            shell.run_cell(cell, store_history=True).raise_error()
        run("""
        import spikebook as sb
        from numpy import exp
        FACTOR = 2.0
        def drive(V):
            return FACTOR * V
        """)
        run("""
        def I_leak(V, g):
            "Outward."
            return g * drive(V)
        capacitance = sb.Parameter(1.0, "uF/cm2", "capacitance")
        leak = sb.Parameter(0.1, "mS/cm2", "leak")
        model = sb.Model(name="mine", parameters={"C": capacitance, "g": leak}, currents={"I_leak": I_leak})
        """)
        show = "print(sb.simulate(model, 0.0, duration=1, initial={'V': 1.0}).V[-1])"
        run(show)
        run("FACTOR = -4.0")
        run(show)
        run("def drive(V):\\n    return 7 * V")
        run(show)
        '''.replace("\n        ", "\n"),
        folder=tmp_path,
        without={"numba"},
        IPYTHONDIR=str(tmp_path),
    )
    assert [float(line) for line in printed.split()] == pytest.approx([math.exp(-0.2), math.exp(0.4), math.exp(-0.7)])


def test_a_model_from_a_notebook_cell_is_compiled_by_numba_as_well(tmp_path):
    printed = fresh.python(
        '''
        from IPython.core.interactiveshell import InteractiveShell
        shell = InteractiveShell()
        shell.run_cell("""
        import spikebook as sb
        from spikebook.compilation import has_numba
        def dV(V, tau, I):
            return (I - V) / tau
        model = sb.Model(name="mine", parameters={"tau": sb.Parameter(5.0, "ms", "slowness")}, derivatives={"V": dV})
        print(has_numba(), sb.simulate(model, 1.0, duration=5, dt=0.1, initial={"V": 0.0}).V[-1])
        """).raise_error()
        '''.replace("\n        ", "\n"),
        folder=tmp_path,
        IPYTHONDIR=str(tmp_path),
        XDG_CACHE_HOME=str(tmp_path),
    ).split()
    assert printed[0] == "True"
    assert float(printed[1]) == pytest.approx(1 - math.exp(-1), abs=1e-8)


# ---- what is refused

LIST = [1.0, 2.0]


def wrapped(function):
    return function


@wrapped
def decorated(V):
    return V


def uses_list(V):
    return V * LIST[0]


def uses_undefined(V):
    return V * nowhere  # noqa: F821


def uses_linear_algebra(V):
    return np.linalg.norm(V)


def uses_method(V):
    return V.real


def uses_print(V):
    print(V)
    return V


def calls_uses_list(V):
    return uses_list(V)


def floor(V):
    return V


def rest(V):
    return V


def calls_rest(V, g):
    return g * rest(V)


def without_source():
    namespace = {}
    exec("def I_leak(V):\n    return V", namespace)
    return namespace["I_leak"]


def closing_over(g):
    def closure(V):
        return g * V

    return closure


@pytest.mark.parametrize(
    "function, words",
    [
        (lambda V: V, ["<lambda>", "write it with def", "top level"]),
        (closing_over(2), ["closure", "enclosing function", "arguments"]),
        (decorated, ["decorated, line", "no decorator"]),
        (uses_list, ["uses_list, line", "'LIST'", "numbers, functions written with def"]),
        (uses_undefined, ["uses_undefined, line", "'nowhere' is not defined"]),
        (uses_linear_algebra, ["uses_linear_algebra, line", "np.linalg.norm"]),
        (uses_method, ["uses_method, line", "V.real", "math and numpy"]),
        (uses_print, ["uses_print, line", "'print'"]),
        (calls_uses_list, ["uses_list, line", "'LIST'"]),
        (without_source(), ["source of I_leak", "notebook cell or in a file"]),
        (floor, ["'floor'", "hide the mathematics", "rename"]),
    ],
)
def test_what_cannot_be_compiled_is_refused_by_name_with_the_remedy(function, words):
    with pytest.raises(ValueError) as caught:
        gather([function])
    for word in words:
        assert word in str(caught.value)


def test_a_refusal_names_the_line_in_the_file():
    with pytest.raises(ValueError) as caught:
        gather([uses_list])
    line = int(str(caught.value).partition("line ")[2].partition(":")[0])
    assert Path(__file__).read_text(encoding="utf-8").splitlines()[line - 1].strip() == "return V * LIST[0]"


def test_two_functions_of_one_name_are_refused():
    def twice(V):
        return V

    first = twice

    def twice(V):
        return 2 * V

    with pytest.raises(ValueError, match="two different functions are called 'twice'"):
        gather([first, twice])


def test_a_function_that_would_replace_one_of_the_simulation_is_refused():
    parameters = {"C": Parameter(1.0, "", ""), "g": Parameter(0.1, "", "")}
    model = Model(name="m", parameters=parameters, currents={"I_x": calls_rest})
    with pytest.raises(ValueError, match="m: the simulation has a function 'rest' of its own; rename yours"):
        simulate(model, 0.0, duration=1)


NUMBER = np.float64(-2.0)
WHOLE = np.int64(3)


def arithmetic(x):
    return NUMBER**2 * x + WHOLE - math.pi * np.abs(x) + np.maximum(x, 1) ** 2 - (x**4 if x > 0 else x**3)


@pytest.mark.parametrize("x", [-1.7, 0.0, 2.3])
def test_gathered_text_computes_what_the_function_computes(x):
    namespace = {}
    exec(gather([arithmetic]), namespace)
    assert namespace["arithmetic"](x) == pytest.approx(arithmetic(x), rel=1e-14)


# ---- layers


def imports(path, everywhere):
    """The modules that a file imports, those of the package as 'spikebook.x'; inside functions too if everywhere."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
        elif isinstance(node, ast.ImportFrom):
            within = dotted(path).split(".")[: -node.level]
            found |= {".".join([*within, node.module or alias.name]) for alias in node.names}
    return found


def dotted(path):
    """spikebook.phase_plane.cycles"""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def name(path):
    return dotted(path).partition(".")[2]


BELOW = sorted(path for path in PACKAGE.rglob("*.py") if path.stem != "__init__" and "explore" not in path.parts)
EQUATIONS = [path for path in BELOW if " = Model(\n" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", BELOW, ids=name)
def test_nothing_below_imports_the_explorers(path):
    assert not [name for name in imports(path, everywhere=True) if name.startswith("spikebook.explore")]


@pytest.mark.parametrize("path", [path for path in BELOW if path.stem not in ("plots", "fast_math")], ids=name)
def test_only_figures_and_what_numba_compiles_need_more_than_numpy_to_be_imported(path):
    roots = {name.partition(".")[0] for name in imports(path, everywhere=False)}
    assert roots <= sys.stdlib_module_names | {"numpy", "spikebook"}
    assert not {"spikebook.plots", "spikebook.fast_math"} & imports(path, everywhere=False)


@pytest.mark.parametrize("path", EQUATIONS, ids=name)
def test_a_model_file_holds_equations_and_data_alone(path):
    data = {"spikebook.model", "spikebook.membrane_potential", "spikebook.experiments"}
    equations = data | {dotted(other) for other in EQUATIONS}
    assert imports(path, everywhere=True) <= sys.stdlib_module_names | {"numpy"} | equations


def test_modules_import_one_another_in_one_direction():
    needs = {dotted(path): imports(path, False) for path in BELOW}
    while needs:
        lowest = {module for module, below in needs.items() if not below & set(needs)}
        assert lowest, f"these modules import one another in a circle: {needs}"
        needs = {module: below for module, below in needs.items() if module not in lowest}


def test_the_layer_tests_see_what_they_look_for():
    """Control: the explorers do import downwards, and plots does need matplotlib."""
    assert EQUATIONS
    assert "matplotlib" in imports(PACKAGE / "plots.py", everywhere=False)
    assert "spikebook.model" in imports(PACKAGE / "simulation.py", everywhere=False)
