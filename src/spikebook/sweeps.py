"""Parameter sweeps: one function at every point of a grid, in this process, in several, or on a cluster.

    def rate(current, g_K):
        return len(sb.simulate(MODEL, current, duration=1000, g_K=g_K).spike_times)

    swept = sweep(rate, {"current": np.linspace(0, 20, 41), "g_K": [30, 36, 42]}, executor)
    swept.array()    # spikes in a second: 41 rows, one a current, of 3 columns, one a g_K

What runs the points is any executor of the standard library's kind:

    None                                         this process, one point after another
    concurrent.futures.ProcessPoolExecutor()     the cores of this machine
    dask.distributed.Client(...).get_executor()  the machines of a cluster

A point depends on its parameters alone and keeps its place, so every executor and every order of completion
gives the same sweep; with chance too, if each point's seed is one of its parameters. Start a process pool after the
last change of the function: its workers keep what they have loaded. Sending a point takes about 0.1 ms in a process
pool and some ms on Dask, so let each do more than that.
"""

import inspect
import itertools
import math
import pickle
import reprlib
import traceback
import warnings
from collections.abc import Iterable, Mapping, Set
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import closing
from dataclasses import dataclass
from numbers import Number
from queue import SimpleQueue
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np

IN_FLIGHT = 1000  # tasks that wait or run at a time: enough to feed a cluster, few enough for any memory
MOST_POINTS = 10**7  # several gigabytes before anything is computed
NAMED = 3  # failures that the warning spells out


class Failure(NamedTuple):
    """Why a point has no result: its parameters, the exception, and the traceback of where it arose, as text."""

    point: dict[str, Any]
    exception: BaseException
    traceback: str


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """What `sweep` returns.

    points     the parameters of every point, a list of dicts; on a grid, the last name varies fastest
    results    what the function returned there, in the same order; None where it failed
    failures   the failed points: number in that order -> Failure(point, exception, traceback)
    shape      how many values each name of the grid has; (len(points),) for a list of points
    """

    points: list[dict[str, Any]]
    results: list[Any]
    failures: dict[int, Failure]
    shape: tuple[int, ...]

    def array(self, what=None, fill=None):
        """A number of every point, or an array of numbers of one shape, as one array shaped like the grid.

        what   None: the result itself; a function: its value for the result; anything else: that item of the
               result (a dict's key, a Trace's quantity)
        fill   the number that stands where a point failed or gave `NaN`

        Raises ValueError for such a hole without `fill` and for arrays of different shapes, TypeError for
        what is no number.

        >>> swept = sweep(pow, {"base": [2, 3], "exp": [1, 2, 3]}, progress=False)
        >>> swept.array()
        array([[ 2,  4,  8],
               [ 3,  9, 27]])
        """
        if not isinstance(fill, (Number, type(None))):
            raise TypeError(f"fill = {fill!r} is no number")
        values = {i: self._number(i, what) for i in range(len(self.points)) if i not in self.failures}
        first = next(iter(values), None)
        shape = () if first is None else values[first].shape
        for i, value in values.items():
            if value.shape != shape:
                raise ValueError(
                    f"the shape is {shape} at {_written(self.points[first])}, but {value.shape} at "
                    f"{_written(self.points[i])}; give a function `what` that makes one shape of them"
                )
        holes = sorted([*self.failures, *(i for i, value in values.items() if np.isnan(value).any())])
        if holes and fill is None:
            raise ValueError(
                f"{len(holes)} of {len(self.points)} points failed or gave NaN, the first at "
                f"{_written(self.points[holes[0]])}; say what shall stand there, such as fill=0 or fill=np.nan"
            )
        kinds = {value.dtype for value in values.values()}
        whole = np.empty((len(self.points), *shape), np.result_type(*kinds, *[] if fill is None else [fill]))
        for i in range(len(self.points)):
            whole[i] = values.get(i, fill)
        if holes:
            whole[np.isnan(whole)] = fill
        return whole.reshape(*self.shape, *shape)

    def _number(self, i, what):
        result = self.results[i]
        try:
            value = np.asarray(result if what is None else what(result) if callable(what) else result[what])
            if value.dtype.kind not in "biufc":
                raise TypeError(
                    f"what = {what!r} gives {reprlib.repr(value.tolist())}, no number; give a function that makes a "
                    "number of a result, or the name of a number in it"
                )
            return value
        except Exception as error:
            error.add_note(f"This was at {_written(self.points[i])}.")
            raise

    def __repr__(self):
        failed = f", {len(self.failures)} failed" if self.failures else ""
        return f"<Sweep of {' x '.join(map(str, self.shape))} points{failed}>"


def sweep(function, grid, executor=None, progress=True):
    """Call `function(**point)` at every point of `grid` and return a Sweep.

    grid       name -> values: the product of all, in the order given; or a list of points, each a dict
    executor   any `concurrent.futures.Executor`; None runs the points in this process, one after another
    progress   whether to show a bar (where tqdm is installed)

    A point that fails, or that is lost because a worker died, leaves the others as they are: it is in `failures`,
    and a warning at the end says how many and names the first. An interrupt cancels what waits and returns nothing.

    Raises TypeError for a function that the workers cannot load (a process pool's must stand at the top level
    of a module; Dask takes a notebook's, and lambdas), for values that are not in a row and for an executor
    without `submit`; ValueError for an empty grid and for names that do not suit the function; RuntimeError for
    an executor that takes no work.

    >>> sweep(lambda V, g: g * (V + 77), {"V": [-77, -65], "g": [1, 36]}, progress=False).results
    [0, 0, 12, 432]
    """
    if not callable(function):
        raise TypeError(f"function = {function!r} cannot be called; give a function of the grid's names")
    if executor is not None and (isinstance(executor, type) or not callable(getattr(executor, "submit", None))):
        raise TypeError(
            f"executor = {executor!r} has no submit; give a concurrent.futures executor such as "
            "ProcessPoolExecutor(), or None for this process"
        )
    points, shape = _points(grid)
    _check_names(function, points)
    if executor is not None:
        _check_reach(function, points[0], executor)
    results, failures = [None] * len(points), {}
    with closing(_outcomes(function, points, executor)) as outcomes:
        for i, (result, failure) in _watched(outcomes, len(points)) if progress else outcomes:
            results[i] = result
            if failure:
                failures[i] = Failure(points[i], *failure)
    if failures:
        warnings.warn(_summary(failures, len(points)), RuntimeWarning, stacklevel=2)
    return Sweep(points, results, dict(sorted(failures.items())), shape)


# ---- the grid


def _points(grid):
    if not isinstance(grid, Mapping):
        points = list(grid) if isinstance(grid, Iterable) else [grid]
        for point in points:
            if not isinstance(point, Mapping):
                raise TypeError(f"grid must be a dict, name -> values, or a list of dicts, not of {point!r}")
        shape = (len(points),)
    else:
        axes = {name: _axis(name, values) for name, values in grid.items()}
        shape = tuple(map(len, axes.values()))
        if math.prod(shape) > MOST_POINTS:
            raise ValueError(f"grid has {math.prod(shape):.3g} points; use at most {MOST_POINTS:.0e} at a time")
        points = (dict(zip(axes, values)) for values in itertools.product(*axes.values()))
    points = [dict(point) for point in points]
    if not points or not grid:
        raise ValueError("grid is empty; give at least one name with its values")
    return points, shape


def _axis(name, values):
    if isinstance(values, np.ndarray) and values.ndim < 2:
        values = values.tolist()  # plain numbers, as if written by hand
    if isinstance(values, (str, bytes, Mapping, Set)) or not isinstance(values, Iterable):
        raise TypeError(f"grid[{name!r}] = {values!r} is no row of values; for a single one write [{values!r}]")
    values = list(values)
    if not values:
        raise ValueError(f"grid[{name!r}] is empty; give it at least one value")
    return values


def _check_names(function, points):
    try:
        signature = inspect.signature(function)
    except ValueError:  # some functions written in C do not say
        return
    for names in dict.fromkeys(map(tuple, points)):
        try:
            signature.bind(**dict.fromkeys(names))
        except TypeError as error:
            raise ValueError(
                f"grid has {', '.join(map(str, names)) or 'no names'}, but the function takes {signature}: {error}"
            ) from None


# ---- running it


def _check_reach(function, point, executor):
    """Send the function and a point to one worker: better one error now than one a point."""
    from concurrent.futures import ProcessPoolExecutor  # not in a browser's kernel

    try:
        # Packed, because a task that a worker cannot unpack takes the whole pool down.
        packed = isinstance(executor, ProcessPoolExecutor)
        task = pickle.dumps((function, point)) if packed else (function, point)
        executor.submit(_receive, task, uuid4().hex).result()
    except RuntimeError as error:
        raise RuntimeError(
            f"executor takes no work ({error}); make a new one, in a script below `if __name__ == '__main__':`"
        ) from error
    except Exception as error:
        raise TypeError(
            f"function or its arguments do not reach the executor's workers ({error}); define them at the top level "
            "of a module, a .py file that the workers can import, or use Dask's Client().get_executor(), which "
            "also takes lambdas and functions of a notebook"
        ) from error


def _receive(task, key):
    if isinstance(task, bytes):
        pickle.loads(task)


def _outcomes(function, points, executor):
    """(number, (result, why there is none)) of every point, in the order of completion."""
    if executor is None:
        yield from ((i, _attempt(function, point)) for i, point in enumerate(points))
        return
    done, numbers = SimpleQueue(), {}

    def next_outcome():
        future = done.get()
        return numbers.pop(future), _outcome(future)

    try:
        for i, point in enumerate(points):
            if len(numbers) >= IN_FLIGHT:
                yield next_outcome()
            try:
                future = executor.submit(_attempt, function, point, uuid4().hex)
            except Exception as error:  # the executor broke meanwhile, or cannot send this point
                yield i, (None, _report(error))
            else:
                numbers[future] = i
                future.add_done_callback(done.put)
        while numbers:
            yield next_outcome()
    finally:
        for future in numbers:
            future.cancel()


def _attempt(function, point, key=None):
    """The function's value at a point, and None or why there is no value.

    `key` differs from call to call: Dask takes equal calls for one and would not draw random numbers twice.
    """
    try:
        return function(**point), None
    except (Exception, SystemExit) as error:
        return None, _report(error, error.__traceback__.tb_next)


def _outcome(future):
    try:
        return future.result()
    except (Exception, SystemExit) as error:
        return None, _report(error)


def _report(error, stack=None):
    """The exception, as it arrives from another process, and its traceback as text."""
    text = "".join(traceback.format_exception(type(error), error, stack))
    try:
        return pickle.loads(pickle.dumps(error.with_traceback(None))), text
    except Exception:
        return RuntimeError(traceback.format_exception_only(error)[-1].strip()), text


def _watched(outcomes, total):
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return outcomes
    return tqdm(outcomes, total=total, unit="point")


# ---- saying it


def _written(point):
    return ", ".join(f"{name} = {reprlib.repr(value)}" for name, value in point.items())


def _summary(failures, total):
    first = [failures[i] for i in sorted(failures)[:NAMED]]
    lines = [f"{len(failures)} of {total} points failed; .failures has their tracebacks:"]
    lines += [f"  {_written(point)}: {type(error).__name__}: {error}" for point, error, _ in first]
    lines += ["  ..."] * (len(failures) > NAMED)
    lost = sum(isinstance(failure.exception, (BrokenExecutor, CancelledError)) for failure in failures.values())
    if lost:
        lines.append(
            f"{lost} of them were not run or not finished when a worker died (crashed, killed, out of memory) or the "
            "executor was closed; run them again on a new one: "
            "sweep(function, [failure.point for failure in swept.failures.values()], executor)"
        )
    return "\n".join(lines)
