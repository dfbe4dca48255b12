"""A sweep is the same whoever runs it and in whatever order it is done: in this process, in threads, in processes that
are forked or started afresh, and on a Dask cluster. What fails is named and the rest is kept."""

import copy
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import warnings
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import fields
from functools import partial

import fresh
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import load

import spikebook as sb
from spikebook import sweeps
from spikebook.hodgkin_huxley import MODEL
from spikebook.sweeps import sweep

FIRING = load("hodgkin_huxley")["steady_firing_Hz"]
START_METHODS = [name for name in ("fork", "spawn") if name in multiprocessing.get_all_start_methods()]


def pool(start_method, workers=2):
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(start_method))


@contextmanager
def dask(folder):
    """Two processes of a real cluster, which gives a point up when it has killed one worker."""
    import dask
    from distributed import Client, LocalCluster

    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        with LocalCluster(
            n_workers=2, processes=True, threads_per_worker=1, dashboard_address="127.0.0.1:0",
            local_directory=folder, silence_logs="CRITICAL",
        ) as cluster, Client(cluster) as client:  # fmt: skip
            yield client.get_executor()


@pytest.fixture(scope="module", params=["nobody", "threads", *START_METHODS, "dask"])
def executor(request, tmp_path_factory):
    if request.param == "nobody":
        yield None
    elif request.param == "threads":
        with ThreadPoolExecutor(2) as threads:
            yield threads
    elif request.param == "dask":
        with dask(tmp_path_factory.mktemp("dask")) as cluster:
            yield cluster
    else:
        with pool(request.param) as processes:
            yield processes


@pytest.fixture(autouse=True)
def every_warning_is_an_error():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Python 3.12 and later say so of any fork beside threads, those of pytest's own and Dask's among them.
        warnings.filterwarnings("ignore", "(?s).*multi-threaded.*fork", DeprecationWarning)
        yield


quiet = partial(sweep, progress=False)


# ---- what the workers run: at the top level, so that they can be sent


def difference(x, y):
    return 10 * x - y


def finished_at(x):
    """The later, the earlier the point; the clock is the machine's, one for all processes."""
    time.sleep(0.04 * (4 - x))
    return x, time.monotonic()


def refuse(g_K):
    if g_K % 3 == 1:
        raise ValueError(f"g_K = {g_K} mS/cm2 is refused")
    return g_K**2


class Awkward(Exception):
    """Cannot be unpickled, as exceptions with arguments of their own often cannot."""

    def __init__(self, name, value):
        super().__init__(f"{name} = {value}")


def awkward(x):
    raise Awkward("x", x)


def leave(x):
    raise SystemExit(f"x = {x}")


def die_at_20(x):
    time.sleep(0.01)
    if x == 20:
        os._exit(1)
    return -x


def unseeded(x):
    return x + np.random.default_rng().random()


def nap(x):
    time.sleep(0.05)
    return x


def firing_rate(trace):
    """Hz, from the last ten maxima: strong currents no longer cross 0 mV."""
    before, top, after = trace.V[:-2], trace.V[1:-1], trace.V[2:]
    at = np.flatnonzero((top > before) & (top >= after) & (top > -50))
    before, top, after = before[at], top[at], after[at]
    shift = 0.5 * (before - after) / (before - 2 * top + after)
    return 1000 / np.diff(trace.t[at + 1] + trace.dt * shift)[-10:].mean()


# ---- the same, whoever runs it


def test_results_stand_in_the_order_of_the_grid(executor):
    swept = quiet(difference, {"x": [3, 1, 2], "y": np.array([0.5, -0.5])}, executor)
    assert swept.points[:3] == [{"x": 3, "y": 0.5}, {"x": 3, "y": -0.5}, {"x": 1, "y": 0.5}]
    assert swept.results == [29.5, 30.5, 9.5, 10.5, 19.5, 20.5]
    assert swept.failures == {}
    np.testing.assert_array_equal(swept.array(), [[29.5, 30.5], [9.5, 10.5], [19.5, 20.5]])


def test_points_that_form_no_grid_may_be_listed(executor):
    points = [{"y": 1, "x": 2}, {"x": 5, "y": 0}, {"y": 1, "x": 2}]
    swept = quiet(difference, points, executor)
    assert (swept.points, swept.results, swept.shape) == (points, [19, 50, 19], (3,))


def test_the_order_of_completion_does_not_matter(executor):
    swept = quiet(finished_at, {"x": range(4)}, executor)
    values, times = zip(*swept.results)
    assert values == (0, 1, 2, 3)
    if executor is not None:
        assert list(times) != sorted(times)


def test_a_failing_point_is_reported_with_its_parameters_and_the_others_are_kept(executor):
    with pytest.warns(RuntimeWarning) as said:
        swept = quiet(refuse, {"g_K": range(15)}, executor)
    assert swept.results == [None if g_K % 3 == 1 else g_K**2 for g_K in range(15)]
    assert list(swept.failures) == [1, 4, 7, 10, 13]
    for g_K, failure in swept.failures.items():
        assert failure.point == {"g_K": g_K}
        assert type(failure.exception) is ValueError
        assert str(failure.exception) == f"g_K = {g_K} mS/cm2 is refused"
        assert "in refuse" in failure.traceback and 'raise ValueError(f"g_K = {g_K}' in failure.traceback
        assert "in _attempt" not in failure.traceback
    assert str(said[0].message).splitlines() == [
        "5 of 15 points failed; .failures has their tracebacks:",
        "  g_K = 1: ValueError: g_K = 1 mS/cm2 is refused",
        "  g_K = 4: ValueError: g_K = 4 mS/cm2 is refused",
        "  g_K = 7: ValueError: g_K = 7 mS/cm2 is refused",
        "  ...",
    ]
    assert said[0].filename == __file__
    assert repr(swept) == "<Sweep of 15 points, 5 failed>"


def test_an_exception_that_does_not_survive_pickling_fails_its_point_alone(executor):
    with pytest.warns(RuntimeWarning, match="(?s)2 of 2 points failed.* x = 2: .*Awkward: x = 2"):
        swept = quiet(awkward, {"x": [1, 2]}, executor)
    assert "in awkward" in swept.failures[1].traceback
    assert quiet(difference, {"x": [1], "y": [2]}, executor).results == [8]


def test_the_same_exception_breaks_a_process_pool_that_is_used_directly():
    """Control."""
    with pool("spawn", workers=1) as processes, pytest.raises(BrokenProcessPool):
        processes.submit(awkward, 1).result()


def test_a_function_that_exits_fails_its_point_alone(executor):
    with pytest.warns(RuntimeWarning, match="SystemExit: x = 1"):
        assert list(quiet(leave, {"x": [1, 2]}, executor).failures) == [0, 1]


def test_equal_points_draw_their_own_random_numbers(executor):
    once, again = (quiet(unseeded, [{"x": 1}] * 3, executor).results for _ in range(2))
    assert len({*once, *again}) == 6


def test_hodgkin_huxley_fires_at_the_rates_of_the_reference(executor):
    """Whole traces travel, with their model; the last digit of the reference is rounded."""
    currents = [float(current) for current in FIRING]
    swept = quiet(partial(sb.simulate, MODEL, duration=500), {"current": currents}, executor)
    rates = swept.array(firing_rate)
    np.testing.assert_allclose(rates, list(FIRING.values()), rtol=0, atol=0.0051)
    here = sb.simulate(MODEL, currents[-1], duration=500)
    for name in here.names:
        np.testing.assert_array_equal(swept.results[-1][name], here[name])
    assert repr(swept.results[-1]) == repr(here)


def test_models_may_be_the_parameter(executor):
    swept = quiet(sb.simulate, {"model": [MODEL], "current": [0, 20], "duration": [20]}, executor)
    np.testing.assert_array_equal(swept.array(lambda trace: len(trace.spike_times)), [[[0], [2]]])


class Shuffled(Executor):
    """Does what it was given only when asked for more or for a result, in an order of its own."""

    def __init__(self, seed):
        self.random, self.left, self.order = np.random.default_rng(seed), [], []

    def submit(self, function, *arguments):
        future = Future()
        self.left.append((future, function, arguments))
        threading.Timer(0.002, self.work).start()
        return future

    def work(self):
        future, function, arguments = self.left.pop(self.random.integers(len(self.left)))
        self.order.append(arguments[1])
        future.set_result(function(*arguments))


@given(
    axes=st.lists(st.lists(st.integers(-1000, 1000), min_size=1, max_size=4), min_size=1, max_size=3),
    seed=st.integers(0, 2**32 - 1),
)
@settings(derandomize=True, deadline=None, database=None, max_examples=25)
def test_an_array_has_the_shape_of_the_grid_in_any_order_of_completion(axes, seed):
    def total(**point):
        return sum(value * 3001**i for i, value in enumerate(point.values()))

    grid = dict(zip("abc", axes))
    swept = quiet(total, grid, Shuffled(seed))
    expected = sum(values * 3001**i for i, values in enumerate(np.meshgrid(*axes, indexing="ij")))
    np.testing.assert_array_equal(swept.array(), expected)
    assert swept.points == [dict(zip(grid, values)) for values in itertools.product(*axes)]


# ---- arrays of the results


def test_an_array_of_an_item_or_of_a_function_of_the_results():
    swept = quiet(lambda x, y: {"sum": x + y, "both": [x, y]}, {"x": [1, 2], "y": [10, 20, 30]})
    np.testing.assert_array_equal(swept.array("sum"), [[11, 21, 31], [12, 22, 32]])
    np.testing.assert_array_equal(swept.array(lambda result: result["sum"] > 20), [[0, 1, 1], [0, 1, 1]])
    assert swept.array("both").shape == (2, 3, 2)
    np.testing.assert_array_equal(swept.array("both")[1, 2], [2, 30])
    assert swept.array("sum").dtype.kind == "i"


def test_an_array_of_a_traces_quantity():
    swept = quiet(lambda I: sb.simulate(MODEL, I, duration=1), {"I": [0, 5]})
    np.testing.assert_array_equal(swept.array("V")[1], sb.simulate(MODEL, 5, duration=1).V)


def test_an_array_with_a_hole_is_refused_until_one_says_what_fills_it():
    with pytest.warns(RuntimeWarning):
        swept = quiet(lambda x, y: x // y, {"x": [4, 6], "y": [0, 2]})
    with pytest.raises(ValueError, match=r"2 of 4 points failed or gave NaN, the first at x = 4, y = 0; .*fill="):
        swept.array()
    np.testing.assert_array_equal(swept.array(fill=-1), [[-1, 2], [-1, 3]])
    np.testing.assert_array_equal(swept.array(fill=np.nan), [[np.nan, 2], [np.nan, 3]])


def test_nan_that_the_function_returned_is_a_hole_too():
    swept = quiet(lambda x: [x, np.nan if x == 2 else 0.5], {"x": [1, 2, 3]})
    with pytest.raises(ValueError, match="1 of 3 points failed or gave NaN, the first at x = 2"):
        swept.array()
    np.testing.assert_array_equal(swept.array(fill=-9), [[1, 0.5], [2, -9], [3, 0.5]])
    assert swept.array(lambda result: np.inf)[0] == np.inf


def test_when_every_point_failed_the_map_is_all_filling():
    with pytest.warns(RuntimeWarning):
        swept = quiet(lambda x, y: x / 0, {"x": [1, 2], "y": [1, 2, 3]})
    np.testing.assert_array_equal(swept.array(fill=0), np.zeros((2, 3)))


def test_what_is_no_number_or_of_several_shapes_is_refused_with_its_point():
    swept = quiet(lambda n: {"row": [0.0] * n, "name": "HH"}, {"n": [1, 2]})
    with pytest.raises(ValueError, match=r"shape is \(1,\) at n = 1, but \(2,\) at n = 2"):
        swept.array("row")
    for what in (None, "name"):
        with pytest.raises(TypeError, match="no number; give a function") as caught:
            swept.array(what)
        assert caught.value.__notes__ == ["This was at n = 1."]
    with pytest.raises(KeyError):
        swept.array("rate")
    with pytest.raises(TypeError, match="fill = 'no' is no number"):
        swept.array(lambda result: 1, fill="no")


# ---- deaths and interrupts


@pytest.mark.parametrize("in_flight", [4, 1000])
@pytest.mark.parametrize("start_method", START_METHODS)
def test_a_dead_worker_leaves_what_was_done_and_a_list_of_what_was_not(start_method, in_flight, monkeypatch):
    """The other worker may have been at one of the points before."""
    monkeypatch.setattr(sweeps, "IN_FLIGHT", in_flight)
    with pool(start_method) as processes:
        with pytest.warns(RuntimeWarning, match="not run or not finished when a worker died"):
            swept = quiet(die_at_20, {"x": range(200)}, processes)
        with pytest.raises(RuntimeError, match="executor takes no work .*make a new one"):
            quiet(die_at_20, {"x": [1]}, processes)
    lost, done = list(swept.failures), [i for i in range(200) if i not in swept.failures]
    assert 20 in lost and 199 in lost
    assert all(isinstance(failure.exception, BrokenProcessPool) for failure in swept.failures.values())
    assert len(set(done) & set(range(20))) >= 19
    assert [swept.results[i] for i in done] == [-i for i in done]
    rest = [failure.point for i, failure in swept.failures.items() if i != 20]
    with pool(start_method) as processes:
        assert quiet(die_at_20, rest, processes).results == [-i for i in lost if i != 20]


def test_a_dead_dask_worker_costs_its_point(tmp_path):
    with dask(tmp_path) as cluster:
        with pytest.warns(RuntimeWarning, match="KilledWorker"):
            swept = quiet(die_at_20, {"x": [19, 20, 21]}, cluster)
        assert 1 in swept.failures
        assert quiet(die_at_20, {"x": [19, 21]}, cluster).results == [-19, -21]


def interrupt_once_at(*functions):
    """SIGINT as soon as the main thread is in one of these: elsewhere, in a destructor say, Python may lose it."""
    main = threading.main_thread().ident

    def watch():
        while sys._current_frames()[main].f_code.co_name not in functions:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    return watcher


def test_an_interrupt_cancels_what_waits_and_reports_nothing(executor, capsys, monkeypatch):
    """The 400 naps that wait would take two workers 10 s."""
    monkeypatch.setattr(sweeps, "IN_FLIGHT", 400)
    started = []

    def remembered(x):
        started.append(x)
        return nap(x)

    here = executor is None or isinstance(executor, ThreadPoolExecutor)
    watcher = interrupt_once_at("nap", "next_outcome")
    with pytest.raises(KeyboardInterrupt):
        sweep(remembered if here else nap, {"x": range(1000)}, executor)
    watcher.join()
    begin = time.monotonic()
    assert quiet(nap, {"x": [7]}, executor).results == [7]
    assert time.monotonic() - begin < 5
    assert len(started) < 100
    said = capsys.readouterr().err
    assert "/1000 [" in said and "points failed" not in said


# ---- many points


def test_few_of_many_points_are_submitted_at_a_time():
    class Counting(ThreadPoolExecutor):
        futures, waiting = [], []

        def submit(self, *arguments):
            self.futures.append(super().submit(*arguments))
            self.waiting.append(sum(not future.done() for future in self.futures[-2 * sweeps.IN_FLIGHT :]))
            return self.futures[-1]

    with Counting(1) as threads:
        swept = quiet(lambda x: time.sleep(1e-5) or -x, {"x": range(3000)}, threads)
    assert swept.results == [-x for x in range(3000)]
    assert 2 < max(Counting.waiting) <= sweeps.IN_FLIGHT


# ---- the bar


def test_the_bar_counts_to_the_number_of_points(executor, capsys):
    sweep(difference, {"x": range(7), "y": range(3)}, executor)
    assert "| 21/21 [" in capsys.readouterr().err


def test_the_bar_can_be_left_out(executor, capsys):
    sweep(difference, {"x": range(7), "y": range(3)}, executor, progress=False)
    assert capsys.readouterr() == ("", "")


def test_without_tqdm_there_is_no_bar():
    script = """
        from spikebook.sweeps import sweep
        print(sweep(lambda x: -x, {"x": [1, 2]}).results)
    """
    assert fresh.python(script, without=["tqdm", "numba"]) == "[-1, -2]"


# ---- functions that do not reach the workers


@pytest.mark.parametrize("start_method", START_METHODS)
def test_a_process_pool_refuses_once_what_cannot_be_sent_and_stays_usable(start_method):
    with pool(start_method) as processes:
        with pytest.raises(TypeError, match="top level of a module.*Dask's Client"):
            quiet(lambda x: x, {"x": range(100)}, processes)
        with pytest.raises(TypeError, match="do not reach the executor's workers"):
            quiet(nap, {"x": [threading.Lock(), 2]}, processes)
        with pytest.warns(RuntimeWarning, match="1 of 3 points failed"):
            assert quiet(difference, {"x": [1, threading.Lock(), 3], "y": [0]}, processes).results == [10, None, 30]


@pytest.mark.parametrize("executor", ["nobody", "threads", "dask"], indirect=True)
def test_others_take_lambdas(executor):
    offset = 5
    assert quiet(lambda x: x + offset, {"x": [1, 2]}, executor).results == [6, 7]


NOTEBOOK = """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from spikebook.sweeps import sweep

    def twice(x):
        return 2 * x

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("{method}")) as pool:
        try:
            print(sweep(twice, {{"x": [1, 2]}}, pool, progress=False).results)
        except TypeError as error:
            print(error)
"""


@pytest.mark.skipif("fork" not in START_METHODS, reason="this system cannot fork")
def test_a_notebooks_function_reaches_forked_workers():
    assert fresh.python(NOTEBOOK.format(method="fork")) == "[2, 4]"


def test_a_notebooks_function_does_not_reach_workers_started_afresh():
    said = fresh.python(NOTEBOOK.format(method="spawn"))
    assert "Can't get attribute 'twice'" in said
    assert "top level of a module" in said and "Dask" in said


def test_a_script_that_starts_itself_again_is_told_of_the_guard(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(fresh.textwrap.dedent(NOTEBOOK.format(method="spawn").replace("TypeError", "RuntimeError")))
    said = fresh.python("import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')", script)
    assert "executor takes no work" in said and "below `if __name__ == '__main__':`" in said


# ---- what is refused


def refusal(error, match, *arguments, **settings):
    with pytest.raises(error, match=match):
        sweep(*arguments, **settings)


def test_a_grid_must_be_a_dict_of_rows_or_a_list_of_dicts():
    refusal(ValueError, "grid is empty", difference, {})
    refusal(ValueError, "grid is empty", difference, [])
    refusal(ValueError, r"grid\['y'\] is empty", difference, {"x": [1], "y": []})
    for values in (3, "ab", b"ab", None, {1, 2}, {1: 2}, np.array(3.0)):
        refusal(TypeError, r"grid\['x'\] = .* is no row of values; for a single one write \[", abs, {"x": values})
    for grid in (3, "xy", None, [1, 2], [("x", 1)]):
        refusal(TypeError, "grid must be a dict, name -> values, or a list of dicts", difference, grid)
    refusal(ValueError, r"grid has 1e\+08 points; use at most", difference, {"x": range(10**4), "y": range(10**4)})


def test_names_must_suit_the_function():
    refusal(ValueError, r"grid has x, z, but the function takes \(x, y\).*'y'", difference, {"x": [1], "z": [2]})
    refusal(ValueError, r"grid has x, but the function takes \(x, y\): missing.*'y'", difference, {"x": [1]})
    refusal(ValueError, "grid has y, but", difference, [{"x": 1, "y": 2}, {"y": 3}])
    refusal(ValueError, "grid has 3, but the function takes", difference, {3: [1]})
    refusal(ValueError, "grid has current, but.*'model'", sb.simulate, {"current": [1]})


def test_a_function_must_be_one_and_an_executor_must_have_submit():
    refusal(TypeError, "function = 3 cannot be called", 3, {"x": [1]})
    grid = {"x": [1], "y": [2]}
    for nothing in (2, "processes", ThreadPoolExecutor, multiprocessing):
        refusal(TypeError, "executor = .* has no submit; give a concurrent.futures executor", difference, grid, nothing)
    with ThreadPoolExecutor() as closed:
        pass
    refusal(RuntimeError, "executor takes no work .*shutdown.*make a new one", difference, grid, closed)


# ---- models and traces on their way


def test_a_model_arrives_whole():
    arrived = pickle.loads(pickle.dumps(MODEL))
    for each in fields(MODEL):
        assert getattr(arrived, each.name) == getattr(MODEL, each.name)
        assert type(getattr(arrived, each.name)) is type(getattr(MODEL, each.name))
    with pytest.raises(TypeError):
        arrived.parameters["g_K"] = None
    assert copy.deepcopy(MODEL).rest() == MODEL.rest()


def test_a_trace_arrives_whole():
    trace = sb.simulate(MODEL, 10, duration=20, g_K=30)
    arrived = pickle.loads(pickle.dumps(trace))
    for name in (*trace.names, "spike_times"):
        np.testing.assert_array_equal(getattr(arrived, name), getattr(trace, name))
    assert (repr(arrived), arrived.parameters, dir(arrived)) == (repr(trace), trace.parameters, dir(trace))
    with pytest.raises(AttributeError, match="not 'v'"):
        _ = arrived.v


def test_a_sweep_can_be_kept():
    with pytest.warns(RuntimeWarning):
        swept = quiet(refuse, {"g_K": range(3)})
    kept = pickle.loads(pickle.dumps(swept))
    assert (kept.points, kept.results, kept.shape) == (swept.points, swept.results, swept.shape)
    assert kept.failures[1].traceback == swept.failures[1].traceback
