"""How fast the package runs five workloads, beside Numba written by hand and other simulators.

    python benchmarks/workloads.py                    all of it
    python benchmarks/workloads.py W2 W5 --rounds 1   a look at two of them

The workloads are described in `by_hand`. Every measurement is a process of its own; each round gives all contestants
their turn, so that a busy machine slows all of them, and medians over the rounds are compared. Results go to
benchmarks/results.json. Other simulators take part if their environment exists (`make peers`).

    run      user and system seconds of the simulation, the network's building apart; for ratios, since waiting for a
             busy processor does not count. With 2 threads, and for the user, what counts is
    wall     the same by the clock
    build    seconds (wall) for building a network
    cold     seconds (wall) that the first call takes beyond a later one, with empty caches; of other simulators: all
             that comes before their first step, be it compiling or building
    warm     the same with the caches that another process has filled
    import   seconds (wall), of Numba and the package where it is not another simulator
    MB       peak memory above that after importing
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PEERS_PYTHON = Path(os.environ.get("SPIKEBOOK_PEERS", HERE.parent / ".venv-peers" / "bin" / "python"))
sys.path.insert(0, str(HERE / "peers"))
from measuring import peak_MB, phase, phases  # noqa: E402

LEAST_CALLS, LEAST_SECONDS = 5, 1.0  # within a process
SPIKES = {"W1": 69, "W2": 65_188, "W5": 2_113_270}  # of the same scheme in exact arithmetic, give or take rounding
RANDOM_SPIKES = {"W3": (6_800, 8_400), "W4": (68_000, 84_000)}


# ---- what runs in this environment: functions of their work that return the number of spikes


def package(workload, threads=1, **size):
    """The public interface as a reader calls it."""
    import numpy as np

    import spikebook as sb

    if workload == "W1":
        squid = sb.hodgkin_huxley.MODEL
        return len(sb.simulate(squid, 10.0, duration=1000, dt=0.01, method="exponential_euler").spike_times)
    if workload == "W2":
        currents = np.linspace(0, 30, size.get("neurons", 1_000))
        how = {"duration": size.get("duration", 1000), "dt": 0.025, "method": "exponential_euler", "threads": threads}
        return sb.simulate_population(sb.hodgkin_huxley.MODEL, currents, **how).spike_counts.sum()
    if workload == "W5":
        currents = np.linspace(0, 20, size.get("neurons", 100_000))
        how = {"duration": 1000, "dt": 0.5, "method": "euler", "threads": threads}
        return sb.simulate_population(sb.izhikevich.MODEL, currents, **how).spike_counts.sum()
    neurons = {"n_excitatory": 800, "n_inhibitory": 200}
    if workload == "W4":
        neurons = {"n_excitatory": 8_000, "n_inhibitory": 2_000, "synapses": 1_000}
    return len(sb.first_network.simulate(**neurons, duration=size.get("duration", 1000), seed=1).spike_times)


def by_hand(workload, kind, threads=1, **size):
    import by_hand

    if workload == "W1":
        return by_hand.w1(kind)[1]
    if workload == "W2":
        return by_hand.w2(kind, threads=threads, **size).sum()
    if workload == "W5":
        return len(by_hand.w5(kind, threads, **size)[0])
    return len(by_hand.network(kind, large=workload == "W4")(size.get("duration", 1000))[0])


def call(workload, contestant, **work):
    return package(workload, **work) if contestant == "spikebook" else by_hand(workload, contestant, **work)


def measure_here(workload, contestant, threads, **work):
    """In a fresh process: import, first call, later calls; a network also with 1 ms, which is nearly all building."""
    with phase("import"):
        import numba  # noqa: F401

        import spikebook  # noqa: F401
    try:
        with phase("first"):
            spikes = call(workload, contestant, threads=threads, **work)
    except AttributeError as missing:
        return {"skipped": str(missing)}
    calls = {"run": work, **({"build": {"duration": 1}} if workload in RANDOM_SPIKES else {})}
    answer = {"spikes": int(spikes), "import": phases["import"]["wall"], "build": 0.0}
    medians = {}
    for name, its_work in calls.items():
        each = []
        while len(each) < LEAST_CALLS or sum(one["wall"] for one in each) < LEAST_SECONDS:
            with phase(name):
                call(workload, contestant, threads=threads, **its_work)
            each.append(phases[name])
        medians[name] = {clock: statistics.median(one[clock] for one in each) for clock in ("wall", "cpu")}
    build = medians.get("build", {"wall": 0.0, "cpu": 0.0})
    answer["first"] = phases["first"]["wall"] - medians["run"]["wall"]
    answer["build"] = build["wall"]
    answer["wall"], answer["cpu"] = (medians["run"][clock] - build[clock] for clock in ("wall", "cpu"))
    return {**answer, "MB": peak_MB() - phases["import"]["peak_MB"]}


# ---- each measurement in its process


def in_process(command, caches):
    environment = {**os.environ, "NUMBA_CACHE_DIR": caches, "XDG_CACHE_HOME": caches, "LOCALAPPDATA": caches}
    environment["GOMP_SPINCOUNT"] = (
        "1000"  # else Brian2's and NEST's two threads, on a busy machine, take 20 times as long
    )
    done = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        return {"skipped": (done.stderr.strip() or "it failed").splitlines()[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def measure_peer(script, workload, threads, caches, *options):
    command = [PEERS_PYTHON, HERE / "peers" / f"with_{script}.py", workload, "--threads", threads, *options]
    answer = in_process(command, caches)
    if "skipped" in answer:
        return answer
    seconds = answer["phases"]
    return {
        "spikes": answer["spikes"],
        "import": seconds["import"]["wall"],
        "first": seconds["build"]["wall"],
        "build": 0.0,
        "wall": seconds["run"]["wall"],
        "cpu": seconds["run"]["cpu"],
        "MB": answer["MB_above_import"],
    }


def contestants(workload, caches):
    """(name, threads) -> function that measures it once."""

    def here(name, threads, **work):
        return lambda: in_process(
            [sys.executable, __file__, "--one", workload, name, threads, json.dumps(work)], caches
        )

    def peer(script, threads, *options):
        return lambda: measure_peer(script, workload, threads, caches, *options)

    found = {(name, 1): here(name, 1) for name in ("spikebook", "best", "plain")}
    if workload in ("W2", "W5"):
        found |= {(name, 2): here(name, 2) for name in ("spikebook", "best")}
    if not PEERS_PYTHON.exists():
        print(f"no other simulators: {PEERS_PYTHON} does not exist (make peers)")
        return found
    for threads in (1, 2) if workload != "W1" else (1,):
        found["Brian2 C++", threads] = peer("brian2", threads)
        found["NEST", threads] = peer("nest", threads)
    found["Brian2 Cython", 1] = peer("brian2", 1, "--code", "cython", "--folder", f"{caches}/cython")
    if workload in ("W1", "W2"):
        found["NEURON", 1] = peer("neuron", 1)
    return found


def summary(rounds):
    """Medians over the rounds; the first of them met empty caches."""
    good = [one for one in rounds if "skipped" not in one]
    if not good:
        return rounds[0]
    later = good[1:] or good
    result = {name: statistics.median(one[name] for one in later) for name in ("import", "build", "wall", "cpu", "MB")}
    result["spikes"] = good[0]["spikes"]
    result["cold"] = good[0]["first"]
    if len(good) > 1:
        result["warm"] = statistics.median(one["first"] for one in later)
    return result


def check(workload, name, spikes):
    """A fast wrong answer is no answer."""
    if workload in RANDOM_SPIKES:
        low, high = RANDOM_SPIKES[workload]
        assert low <= spikes <= high, f"{workload} by {name}: {spikes} spikes, not {low} to {high}"
    elif name in ("spikebook", "best", "plain"):
        expected = SPIKES[workload]
        assert abs(spikes - expected) <= 1e-6 * expected, f"{workload} by {name}: {spikes} spikes, not {expected}"


def run_workload(workload, rounds, caches):
    everyone, measured = contestants(workload, caches), {}
    for k in range(rounds):
        for (name, threads), measure in everyone.items():
            print(f"\r{workload}, round {k + 1} of {rounds}: {name}, {threads} thread(s)".ljust(79), end="", flush=True)
            measured.setdefault((name, threads), []).append(measure())
    results = [{"who": name, "threads": threads, **summary(each)} for (name, threads), each in measured.items()]
    print("\r" + 79 * " ", end="\r")
    for result in results:
        if "skipped" not in result:
            check(workload, result["who"], result["spikes"])
    return results


def show(workload, results):
    print(
        f"\n{workload:14}{'threads':>8}{'run':>9}{'/best':>7}{'wall':>9}{'/best':>7}{'build':>8}{'import':>8}", end=""
    )
    print(f"{'cold':>7}{'warm':>7}{'MB':>7}{'spikes':>10}")
    for result in results:
        if "skipped" in result:
            print(f"{result['who']:14}{result['threads']:8}   skipped: {result['skipped']}")
            continue
        best = next(one for one in results if one["who"] == "best" and one["threads"] == 1)
        if workload in ("W2", "W5"):
            best = next(one for one in results if one["who"] == "best" and one["threads"] == result["threads"])
        row = f"{result['who']:14}{result['threads']:8}{result['cpu']:9.4f}{result['cpu'] / best['cpu']:7.2f}"
        row += f"{result['wall']:9.4f}{result['wall'] / best['wall']:7.2f}{result['build']:8.3f}{result['import']:8.2f}"
        row += f"{result['cold']:7.2f}{result.get('warm', float('nan')):7.2f}{result['MB']:7.0f}{result['spikes']:10}"
        print(row)


# ---- the cost of a neuron in a population of 1 to 100,000


CURVES = {"W2": {"duration": 100}, "W5": {}}  # ms: 100,000 Hodgkin-Huxley neurons take long enough


def cost_by_size(rounds, caches):
    """Microseconds (CPU) for one neuron and 1 ms, by workload, contestant and number of neurons."""
    curves = {}
    for workload, fixed in CURVES.items():
        milliseconds = fixed.get("duration", 1000)
        for exponent in range(6):
            work = {"neurons": 10**exponent, **fixed}
            for name in ("spikebook", "best"):
                command = [sys.executable, __file__, "--one", workload, name, 1, json.dumps(work)]
                each = [in_process(command, caches) for _ in range(rounds)]
                if "skipped" not in each[0]:
                    cost = statistics.median(one["cpu"] for one in each) / work["neurons"] / milliseconds * 1e6
                    curves.setdefault(workload, {}).setdefault(name, {})[work["neurons"]] = cost
    return curves


def machine():
    names = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "numba", "llvmlite", "spikebook")}
    if PEERS_PYTHON.exists():
        code = "import importlib.metadata as m; print(*(m.version(x) for x in ('brian2', 'neuron', 'nest-simulator')))"
        found = subprocess.run([PEERS_PYTHON, "-c", code], capture_output=True, text=True).stdout.split()
        versions |= dict(zip(("brian2", "neuron", "nest-simulator"), found))
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def _lines(path):
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", default=["W1", "W2", "W3", "W4", "W5"])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    results = {"machine": machine(), "rounds": options.rounds, "workloads": {}}
    if results["machine"]["load"] and results["machine"]["load"][0] > 0.5:
        # Brian2's and NEST's threads wait for one another in a loop that keeps the core from other processes, and can
        # take 20 times as long beside one. Let them sleep soon; on an idle machine that would cost them up to half.
        os.environ["GOMP_SPINCOUNT"] = "1000"
    with tempfile.TemporaryDirectory() as caches:
        for workload in options.workloads:
            results["workloads"][workload] = run_workload(workload, options.rounds, caches)
            show(workload, results["workloads"][workload])
        results["microseconds_per_neuron_and_ms"] = curves = cost_by_size(options.rounds, caches)
    for workload, lines in curves.items():
        print(f"\n{workload}: microseconds for 1 ms of one neuron, by number of neurons")
        for name, costs in lines.items():
            print(f"{name:14}" + "".join(f"{neurons:>10}: {cost:<8.4f}" for neurons, cost in costs.items()))
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nwritten to {HERE / 'results.json'}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        workload, contestant, threads, work = sys.argv[2:]
        print("\n" + json.dumps(measure_here(workload, contestant, int(threads), **json.loads(work))))
    else:
        main()
