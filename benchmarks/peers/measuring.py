"""How a simulator's script measures itself, and how it is asked: with the standard library alone, in any environment.

python with_nest.py W2 --threads 2        seconds and memory of one workload, as JSON in the last line
python with_nest.py agree < requests      spike times of small experiments: a JSON list in, a JSON list out
"""

import argparse
import contextlib
import json
import resource
import sys
import time

phases = {}


def cpu_seconds():
    """User and system time of this process and of the children that it has waited for."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def peak_MB(process="self"):
    """The most memory that a process has held so far.

    From /proc where there is one: `getrusage` starts from what the parent held when it started the process.
    """
    try:
        with open(f"/proc/{process}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def crossings(t, V):
    """Times at which V rises through 0: roots of the cubics through the four nearest points."""
    import numpy as np

    times = []
    for k in np.flatnonzero((V[:-1] < 0) & (V[1:] >= 0)):
        near = slice(k - 1, k + 3)
        roots = np.polynomial.Polynomial.fit(t[near], V[near], 3).roots()
        times += [root.real for root in roots if abs(root.imag) < 1e-9 and t[k] <= root.real <= t[k + 1]]
    return times


@contextlib.contextmanager
def phase(name):
    """Measure a block: "import", "build" (until the first step could be made) or "run"."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    yield
    phases[name] = {"wall": time.perf_counter() - wall, "cpu": cpu_seconds() - cpu, "peak_MB": peak_MB()}


def main(workloads, experiments):
    """Run what the command line asks for.

    workloads     name -> function(options), measured in phases, that returns what it found: {"spikes": ...}
    experiments   name -> function(**request) that returns the spike times, in ms, of one neuron for each current
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=[*workloads, "agree"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--code", default="cpp", help="Brian2: cpp or cython")
    parser.add_argument(
        "--folder", default=None, help="Brian2: where Cython's compiled code is kept, if it is to be kept"
    )
    options = parser.parse_args()
    if options.what == "agree":
        requests = json.load(sys.stdin)
        answer = []
        for request in requests:
            neurons = experiments[request.pop("experiment")](**request)
            answer.append([list(map(float, times)) for times in neurons])
    else:
        answer = workloads[options.what](options)
        memory = max(each["peak_MB"] for each in phases.values()) - phases["import"]["peak_MB"]
        answer = {"phases": phases, "MB_above_import": memory, **answer}
    print("\n" + json.dumps(answer))
