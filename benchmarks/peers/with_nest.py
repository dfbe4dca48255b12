"""NEST: all workloads, with the models that it brings along.

`hh_psc_alpha` solves its equations by an adaptive method within each step. `izhikevich` has the published two half-steps
in W3 and W4; W5's single step is its other scheme, Euler's, which moves u with the old v instead of the new one.
"""

from measuring import main, phase

with phase("import"):
    import nest
    import numpy as np

# A patch of 1e-4 cm2: 1 uA/cm2 is 100 pA, 1 mS/cm2 is 100 nS and 1 uF/cm2 is 100 pF.
SQUID = {"C": ("C_m", 100), "g_Na": ("g_Na", 100), "g_K": ("g_K", 100), "g_L": ("g_L", 100)}
SQUID |= {"E_Na": ("E_Na", 1), "E_K": ("E_K", 1), "E_L": ("E_L", 1)}
SQUID |= {"V": ("V_m", 1), "n": ("Act_n", 1), "m": ("Act_m", 1), "h": ("Inact_h", 1)}
VALUES = {"C": 1.0, "g_Na": 120.0, "g_K": 36.0, "g_L": 0.3, "E_Na": 50.0, "E_K": -77.0, "E_L": -54.387}
REST = {"V": -64.99637933571872, "n": 0.31773241, "m": 0.05295509, "h": 0.59599413}


def begin(dt, threads=1):
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution = dt
    nest.local_num_threads = threads


def squid(currents, values=VALUES, initial=REST):
    cells = nest.Create("hh_psc_alpha", len(currents))
    for name, value in {**values, **initial}.items():
        name, unit = SQUID[name]
        cells.set({name: unit * value})
    cells.I_e = [100.0 * current for current in currents]
    return cells


def recorded(cells):
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    return recorder


def run(recorder, duration=1000.0):
    with phase("run"):
        nest.Simulate(duration)
    return {"spikes": int(recorder.n_events)}


def w1(options):
    with phase("build"):
        begin(0.01)
        cell = squid([10.0])
        recorder = recorded(cell)
        V = nest.Create("multimeter", {"record_from": ["V_m"], "interval": 0.01})
        nest.Connect(V, cell)
        nest.Prepare()
        nest.Cleanup()
    answer = run(recorder)
    assert len(V.events["V_m"]) >= 99_900  # those of the last millisecond come with the next run
    return answer


def w2(options):
    with phase("build"):
        begin(0.025, options.threads)
        recorder = recorded(squid(list(np.linspace(0, 30, 1000))))
    return run(recorder)


def network(options, n_excitatory, n_inhibitory, each):
    with phase("build"):
        begin(1.0, options.threads)
        rng = np.random.default_rng(1)
        r_e, r_i = rng.random(n_excitatory), rng.random(n_inhibitory)
        common = {"consistent_integration": False, "V_th": 30.0, "V_m": -65.0}
        excitatory = nest.Create("izhikevich", n_excitatory, {**common, "a": 0.02, "b": 0.2, "U_m": -13.0})
        excitatory.set({"c": list(-65 + 15 * r_e**2), "d": list(8 - 6 * r_e**2)})
        inhibitory = nest.Create("izhikevich", n_inhibitory, {**common, "c": -65.0, "d": 2.0})
        inhibitory.set(
            {"a": list(0.02 + 0.08 * r_i), "b": list(0.25 - 0.05 * r_i), "U_m": list(-65 * (0.25 - 0.05 * r_i))}
        )
        rule = {"rule": "all_to_all"} if each is None else {"rule": "fixed_outdegree", "outdegree": each}
        everyone = excitatory + inhibitory
        for sources, low, high in ((excitatory, 0.0, 0.5), (inhibitory, -1.0, 0.0)):
            nest.Connect(sources, everyone, rule, {"weight": nest.random.uniform(low, high), "delay": 1.0})
        for cells, size in ((excitatory, 5.0), (inhibitory, 2.0)):
            noise = nest.Create("noise_generator", {"mean": 0.0, "std": size, "dt": 1.0})
            nest.Connect(noise, cells)
        recorder = recorded(everyone)
        nest.Prepare()  # sorts the connections
        nest.Cleanup()
    answer = run(recorder)
    ids = recorder.events["senders"]
    return {"E_Hz": float(np.sum(ids <= n_excitatory) / n_excitatory), **answer}


def w3(options):
    return network(options, 800, 200, None)


def w4(options):
    return network(options, 8_000, 2_000, 1_000)


def w5(options):
    with phase("build"):
        begin(0.5, options.threads)
        values = {"a": 0.02, "b": 0.2, "c": -65.0, "d": 8.0, "V_th": 30.0, "V_m": -70.0, "U_m": -14.0}
        cells = nest.Create("izhikevich", 100_000, values)
        cells.I_e = list(np.linspace(0, 20, 100_000))
        recorder = recorded(cells)
    return run(recorder)


# ---- small experiments, one neuron for each current


def stepped(cells, currents, start, stop, duration, unit=1.0):
    """Spike times of each cell while the current flows from `start` to `stop`."""
    recorder = recorded(cells)
    for time, values in (
        (start, 0.0),
        (stop - start, [unit * current for current in currents]),
        (duration - stop, 0.0),
    ):
        cells.I_e = values
        if time > 0:
            nest.Simulate(time)
    times, senders = recorder.events["times"], recorder.events["senders"]
    return [np.sort(times[senders == cell]) for cell in cells.tolist()]


def hodgkin_huxley(currents, start, stop, duration, dt, initial, **parameters):
    """At 6.3 degrees C, the only temperature that the model has. Spikes are stamped at the peak, on the grid."""
    begin(dt)
    cells = squid(currents, parameters, initial)
    return stepped(cells, currents, start, stop, duration, unit=100.0)


def leaky(currents, start, stop, duration, dt, C, g_L, E_L, V_th, V_reset, t_ref):
    """With spikes between the points of the grid, in exact arithmetic."""
    begin(dt)
    values = {
        "C_m": 100 * C,
        "tau_m": C / g_L,
        "E_L": E_L,
        "V_m": E_L,
        "V_th": V_th,
        "V_reset": V_reset,
        "t_ref": t_ref,
    }
    return stepped(nest.Create("iaf_psc_delta_ps", len(currents), values), currents, start, stop, duration, unit=100.0)


def adaptive_exponential(currents, start, stop, duration, dt, V, w, C, E_L, V_T, V_peak, **parameters):
    """By an adaptive method at a tolerance of 1e-10; spikes are stamped with the end of their step."""
    begin(dt)
    values = {
        "C_m": C,
        "E_L": E_L,
        "V_m": V,
        "w": w,
        "V_th": V_T,
        "V_peak": V_peak,
        "t_ref": 0.0,
        "gsl_error_tol": 1e-10,
    }
    cells = nest.Create("aeif_psc_exp", len(currents), {**values, **parameters})
    return stepped(cells, currents, start, stop, duration)


WORKLOADS = {"W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5}
EXPERIMENTS = {"hodgkin_huxley": hodgkin_huxley, "leaky": leaky, "adaptive_exponential": adaptive_exponential}

if __name__ == "__main__":
    main(WORKLOADS, EXPERIMENTS)
