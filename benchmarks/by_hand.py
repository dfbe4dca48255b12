"""The five workloads written by hand with Numba: a plain loop, and the fastest that we found.

    W1  one Hodgkin-Huxley neuron, 10 uA/cm2 from rest, 1 s at dt = 0.01 ms, V recorded
    W2  1,000 uncoupled Hodgkin-Huxley neurons, linspace(0, 30, 1000) uA/cm2 from rest, 1 s at dt = 0.025 ms,
        spikes counted: 65,188 by exponential Euler with gates first, 65,212 by RK4
    W3  the network of Izhikevich (2003): 800 excitatory and 200 inhibitory neurons, all to all, 1 s
    W4  8,000 and 2,000 of them, each with 1,000 synapses onto targets drawn at random, 1 s
    W5  100,000 uncoupled regular spiking neurons of Izhikevich (2003), linspace(0, 20, 100000), from rest, 1 s at
        dt = 0.5 ms by the published scheme, times and ids of spikes stored

A plain loop is what a good programmer writes on the first day: the papers' formulas, and for every step one pass over
the neurons. The best computes the same (W1 and W2 to rounding, W5 to the last bit, W3 and W4 from other random
numbers) and knows the processor:

- neurons in blocks whose state stays in the first-level cache; a pass over a block has no branch and no call in
  it, so that LLVM makes vector instructions of it (`inlined` sees to the calls, `widest_vectors` to the width);
- `exp` is written out for that, and the six rates of Hodgkin and Huxley come from two exponentials;
- a gate's steady state and its rate share one division;
- the spikes among 64 neurons are found at once, as the bits of one number (`at_least`);
- random numbers from a numpy Generator inside the compiled code, weights of 4 bytes, targets of 2;
- threads share out the blocks and never wait for one another.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from simulate_ratio import E_K, E_L, REST, E_Na, g_K, g_L, g_Na, rates, slopes

BLOCK = 256  # neurons
plain = njit(cache=True)
exact = njit(cache=True, nogil=True, error_model="numpy")  # rounds as `plain` does
fast = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})  # a * b + c is one instruction
inlined = njit(error_model="numpy", fastmath={"contract"}, forceinline=True)
written_out = njit(inline="always")  # before Numba compiles, so that it becomes the caller's in every respect


# ---- what Numba lacks

BITS, DOUBLE = ir.IntType(64), ir.DoubleType()


@intrinsic
def widest_vectors(typing):
    """Let the calling function use vectors of 512 bits where the processor has them; LLVM stops at 256 on its own."""

    def build(context, builder, signature, arguments):
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')  # past llvmlite's list of known ones
        return context.get_dummy_value()

    return types.none(), build


@intrinsic
def times_two_to(typing, y, rounded):
    """y 2^k, where the whole number k stands in the last bits of the double `rounded`: k joins y's exponent."""

    def build(context, builder, signature, arguments):
        y, rounded = (builder.bitcast(argument, BITS) for argument in arguments)
        return builder.bitcast(builder.add(y, builder.shl(rounded, ir.Constant(BITS, 52))), DOUBLE)

    return types.float64(types.float64, types.float64), build


@intrinsic
def at_least(typing, values, start, threshold):
    """A number whose bit k says whether values[start + k] >= threshold, for k = 0 ... 63."""

    def build(context, builder, signature, arguments):
        values = context.make_array(signature.args[0])(context, builder, arguments[0])
        vector, lanes = ir.VectorType(DOUBLE, 64), ir.VectorType(ir.IntType(32), 64)
        address = builder.bitcast(builder.gep(values.data, [arguments[1]]), vector.as_pointer())
        empty = ir.Constant(vector, ir.Undefined)
        first = builder.insert_element(empty, arguments[2], ir.Constant(ir.IntType(32), 0))
        thresholds = builder.shuffle_vector(first, empty, ir.Constant(lanes, [0] * 64))
        return builder.bitcast(builder.fcmp_ordered(">=", builder.load(address, align=8), thresholds), BITS)

    return types.uint64(values, types.intp, types.float64), build


@intrinsic
def lowest_bit(typing, bits):
    """Index of the lowest bit that is set."""

    def build(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), build


@inlined
def near_exp(r):
    """exp(r) for |r| < 0.3466, relative error 4e-18 before rounding.

    The nearest polynomial of degree 11 with p(0) = p'(0) = 1 (Remez's exchange), summed in pairs and pairs of pairs
    to keep the chain of waits short.
    """
    r2 = r * r
    r4 = r2 * r2
    low = 1.0 + r + (0.5000000000000011 + 0.16666666666666413 * r) * r2
    middle = 0.04166666666653025 + 0.008333333333494347 * r + (0.0013888888943600888 + 0.00019841269506757316 * r) * r2
    high = 2.4801493132509005e-05 + 2.755758627926602e-06 * r
    high += (2.7630235348434765e-07 + 2.5000070544840432e-08 * r) * r2
    return low + (middle + high * r4) * r4


@inlined
def fast_exp(x):
    """exp(x) to the last bit but one for x < 700, without a branch: 2^k exp(x - k ln 2), k whole."""
    rounded = max(x, -700.0) * 1.4426950408889634 + 6755399441055744.0  # 1.5 2^52 leaves no bit for a fraction
    k = rounded - 6755399441055744.0
    return times_two_to(near_exp(x - k * 0.6931471803691238 - k * 1.9082149292705877e-10), rounded)


@inlined
def slow_exp(x):
    """exp(x) for the short steps of one neuron: with a branch, well foreseen, that mostly saves the rounding."""
    return near_exp(x) if abs(x) < 0.34 else fast_exp(x)


# ---- W1 and W2: Hodgkin and Huxley


@plain
def euler_plain(V, n, m, h, current, dt):
    """One step of exponential Euler, gates first."""
    (alpha_n, beta_n), (alpha_m, beta_m), (alpha_h, beta_h) = rates(V)
    n_inf = alpha_n / (alpha_n + beta_n)
    m_inf = alpha_m / (alpha_m + beta_m)
    h_inf = alpha_h / (alpha_h + beta_h)
    n = n_inf + (n - n_inf) * np.exp(-dt * (alpha_n + beta_n))
    m = m_inf + (m - m_inf) * np.exp(-dt * (alpha_m + beta_m))
    h = h_inf + (h - h_inf) * np.exp(-dt * (alpha_h + beta_h))
    Na, K = g_Na * m**3 * h, g_K * n**4
    g = Na + K + g_L
    V_inf = (current + Na * E_Na + K * E_K + g_L * E_L) / g
    return V_inf + (V - V_inf) * np.exp(-dt * g), n, m, h


@inlined
def rk4_by(slopes, V, n, m, h, current, dt):
    V1, n1, m1, h1 = slopes(V, n, m, h, current)
    V2, n2, m2, h2 = slopes(V + dt / 2 * V1, n + dt / 2 * n1, m + dt / 2 * m1, h + dt / 2 * h1, current)
    V3, n3, m3, h3 = slopes(V + dt / 2 * V2, n + dt / 2 * n2, m + dt / 2 * m2, h + dt / 2 * h2, current)
    V4, n4, m4, h4 = slopes(V + dt * V3, n + dt * n3, m + dt * m3, h + dt * h3, current)
    return (
        V + dt / 6 * (V1 + 2 * V2 + 2 * V3 + V4),
        n + dt / 6 * (n1 + 2 * n2 + 2 * n3 + n4),
        m + dt / 6 * (m1 + 2 * m2 + 2 * m3 + m4),
        h + dt / 6 * (h1 + 2 * h2 + 2 * h3 + h4),
    )


@plain
def rk4_plain(V, n, m, h, current, dt):
    return rk4_by(slopes, V, n, m, h, current, dt)


@inlined
def gates(V):
    """N, D and S of each gate: dx/dt = (N - S x) / D, steady state N / S, rate S / D.

    Each exponential in the rates is a power of exp(-(V + 65) / 80) times a constant, or exp(-(V + 65) / 18).
    """
    p = fast_exp((V + 65.0) * (-1 / 80))
    q = fast_exp((V + 65.0) * (-1 / 18))
    p2 = p * p
    p4 = p2 * p2
    p8 = p4 * p4
    x = 0.1 * V + 5.5 + 1e-30  # changes nothing but 0
    D_n = 1.0 - 2.718281828459045 * p8 if abs(x) > 1e-6 else x - 0.5 * x * x
    y = 0.1 * V + 4.0 + 1e-30
    D_m = 1.0 - 12.182493960703473 * p8 if abs(y) > 1e-6 else y - 0.5 * y * y
    D_h = 1.0 + 20.085536923187668 * p8
    N_h = 0.07 * p4 * D_h
    return (0.1 * x, D_n, 0.1 * x + 0.125 * p * D_n), (y, D_m, y + 4.0 * q * D_m), (N_h, D_h, N_h + 1.0)


@inlined
def relaxed(x, N, D, S, dt, exp):
    both = 1.0 / (D * S)
    steady = N * D * both
    return steady + (x - steady) * exp(-dt * (S * S * both))


@inlined
def euler_by(exp, V, n, m, h, current, dt):
    of_n, of_m, of_h = gates(V)
    n = relaxed(n, *of_n, dt, exp)
    m = relaxed(m, *of_m, dt, exp)
    h = relaxed(h, *of_h, dt, exp)
    Na, K = g_Na * (m * m * m) * h, g_K * ((n * n) * (n * n))
    g = Na + K + g_L
    V_inf = (current + Na * E_Na + K * E_K + g_L * E_L) / g
    return V_inf + (V - V_inf) * exp(-dt * g), n, m, h


@inlined
def euler_of_one(V, n, m, h, current, dt):
    return euler_by(slow_exp, V, n, m, h, current, dt)


@inlined
def euler_best(V, n, m, h, current, dt):
    return euler_by(fast_exp, V, n, m, h, current, dt)


@inlined
def slopes_best(V, n, m, h, current):
    (N_n, D_n, S_n), (N_m, D_m, S_m), (N_h, D_h, S_h) = gates(V)
    ions = g_Na * (m * m * m) * h * (V - E_Na) + g_K * ((n * n) * (n * n)) * (V - E_K) + g_L * (V - E_L)
    return current - ions, (N_n - S_n * n) / D_n, (N_m - S_m * m) / D_m, (N_h - S_h * h) / D_h


@inlined
def rk4_best(V, n, m, h, current, dt):
    return rk4_by(slopes_best, V, n, m, h, current, dt)


@written_out
def traced(step, current, steps, dt, V, n, m, h):
    """V of one neuron at every step, and the number of spikes."""
    trace = np.empty(steps + 1)
    trace[0] = V
    spikes = 0
    for i in range(steps):
        V, n, m, h = step(V, n, m, h, current, dt)
        trace[i + 1] = V
        spikes += (trace[i] < 0.0) & (V >= 0.0)
    return trace, spikes


@written_out
def counted(step, currents, steps, dt, V, n, m, h):
    """The number of spikes of each neuron, one pass over the neurons for every step."""
    V, n, m, h = (
        np.full(currents.size, V),
        np.full(currents.size, n),
        np.full(currents.size, m),
        np.full(currents.size, h),
    )
    spikes = np.zeros(currents.size, np.int64)
    for _ in range(steps):
        for j in range(currents.size):
            before = V[j]
            V[j], n[j], m[j], h[j] = step(before, n[j], m[j], h[j], currents[j], dt)
            spikes[j] += (before < 0.0) & (V[j] >= 0.0)
    return spikes


@plain
def traced_euler_plain(current, steps, dt, V, n, m, h):
    return traced(euler_plain, current, steps, dt, V, n, m, h)


@plain
def traced_rk4_plain(current, steps, dt, V, n, m, h):
    return traced(rk4_plain, current, steps, dt, V, n, m, h)


@fast
def traced_euler_best(current, steps, dt, V, n, m, h):
    return traced(euler_of_one, current, steps, dt, V, n, m, h)


@fast
def traced_rk4_best(current, steps, dt, V, n, m, h):
    return traced(rk4_best, current, steps, dt, V, n, m, h)


@plain
def counted_euler_plain(currents, steps, dt, V, n, m, h):
    return counted(euler_plain, currents, steps, dt, V, n, m, h)


@plain
def counted_rk4_plain(currents, steps, dt, V, n, m, h):
    return counted(rk4_plain, currents, steps, dt, V, n, m, h)


@fast
def counted_euler_best(currents, steps, dt, V, n, m, h):
    widest_vectors()
    return counted(euler_best, currents, steps, dt, V, n, m, h)


@fast
def counted_rk4_best(currents, steps, dt, V, n, m, h):
    widest_vectors()
    return counted(rk4_best, currents, steps, dt, V, n, m, h)


TRACED = {
    ("plain", "exponential_euler"): traced_euler_plain,
    ("plain", "rk4"): traced_rk4_plain,
    ("best", "exponential_euler"): traced_euler_best,
    ("best", "rk4"): traced_rk4_best,
}
COUNTED = {
    ("plain", "exponential_euler"): counted_euler_plain,
    ("plain", "rk4"): counted_rk4_plain,
    ("best", "exponential_euler"): counted_euler_best,
    ("best", "rk4"): counted_rk4_best,
}


def in_blocks(run, currents, threads, size=BLOCK):
    """[run(block of currents, index of its first neuron)] for blocks of `size` neurons."""
    starts = range(0, len(currents), size)
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda start: run(currents[start : start + size], start), starts))


# ---- W5: Izhikevich's regular spiking neurons, uncoupled

A, B, RESET, D, PEAK = 0.02, 0.2, -65.0, 8.0, 30.0
V_REST, U_REST = -70.0, -14.0


@plain
def spikes_plain(currents, steps, dt):
    """Times and ids of all spikes, by the published scheme."""
    v, u = np.full(currents.size, V_REST), np.full(currents.size, U_REST)
    most = currents.size * (steps // 2 + 1)  # the peak is two steps from the reset; untouched memory costs nothing
    times, ids, count = np.empty(most), np.empty(most, np.int32), 0
    for i in range(steps):
        for j in range(currents.size):
            v[j] += dt * (0.04 * v[j] ** 2 + 5 * v[j] + 140 - u[j] + currents[j])
            u[j] += dt * A * (B * v[j] - u[j])
            if v[j] >= PEAK:
                v[j] = RESET
                u[j] += D
                times[count], ids[count] = i * dt, j
                count += 1
    return times[:count], ids[:count]


@exact
def spikes_best(currents, first, steps, dt):
    """The same for some of the neurons, of which the first has the id `first`."""
    widest_vectors()
    most = currents.size * (steps // 2 + 1)
    times, ids, count = np.empty(most), np.empty(most, np.int32), 0
    for start in range(0, currents.size, BLOCK):
        block = currents[start : start + BLOCK]
        v, u = np.full(BLOCK, V_REST), np.full(BLOCK, U_REST)
        for i in range(steps):
            for j in range(block.size):
                v[j] += dt * (0.04 * v[j] ** 2 + 5 * v[j] + 140 - u[j] + block[j])
                u[j] += dt * A * (B * v[j] - u[j])
            for j in range(0, block.size, 64):  # beyond the last neuron all rest
                spiking = at_least(v, j, PEAK)
                while spiking:
                    k = j + lowest_bit(spiking)
                    spiking &= spiking - np.uint64(1)
                    v[k] = RESET
                    u[k] += D
                    times[count], ids[count] = i * dt, first + start + k
                    count += 1
    return times[:count].copy(), ids[:count].copy()


# ---- W3 and W4: Izhikevich's network of 2003


def cells(n_excitatory, n_inhibitory, rng):
    """a, b, c, d and the size of the thalamic input of every neuron, the excitatory ones first."""
    r_e, r_i = rng.random(n_excitatory), rng.random(n_inhibitory)
    both = [
        (np.full(n_excitatory, 0.02), 0.02 + 0.08 * r_i),
        (np.full(n_excitatory, 0.2), 0.25 - 0.05 * r_i),
        (-65 + 15 * r_e**2, np.full(n_inhibitory, -65.0)),
        (8 - 6 * r_e**2, np.full(n_inhibitory, 2.0)),
        (np.full(n_excitatory, 5.0), np.full(n_inhibitory, 2.0)),
    ]
    return [np.concatenate(pair) for pair in both]


def synapses(n_excitatory, n_inhibitory, each, rng, real=float, whole=np.int64):
    """Targets (None if `each` is: all to all) and weights of every neuron's synapses, one neuron a row."""
    n = n_excitatory + n_inhibitory
    weights = rng.random((n, each or n), dtype=real)
    weights[:n_excitatory] *= 0.5
    weights[n_excitatory:] *= -1
    return None if each is None else rng.integers(0, n, (n, each), dtype=whole), weights


@plain
def network_plain(targets, weights, a, b, c, d, noise, times, ids, steps, seed):
    """Times and ids of all spikes, in arrays that have room for them."""
    np.random.seed(seed)
    n = a.size
    v = np.full(n, -65.0)
    u = b * v
    current = np.empty(n)
    count = 0
    for i in range(steps):
        for j in range(n):
            current[j] = noise[j] * np.random.randn()
        for j in range(n):
            if v[j] >= PEAK:
                v[j] = c[j]
                u[j] += d[j]
                times[count], ids[count] = i, j
                count += 1
                if targets is None:
                    for k in range(n):
                        current[k] += weights[j, k]
                else:
                    for k in range(targets.shape[1]):
                        current[targets[j, k]] += weights[j, k]
        for j in range(n):
            v[j] += 0.5 * (0.04 * v[j] ** 2 + 5 * v[j] + 140 - u[j] + current[j])
            v[j] += 0.5 * (0.04 * v[j] ** 2 + 5 * v[j] + 140 - u[j] + current[j])
            u[j] += a[j] * (b[j] * v[j] - u[j])
    return times[:count], ids[:count]


@fast
def network_best(targets, weights, a, b, c, d, noise, times, ids, steps, rng):
    widest_vectors()
    n = a.size
    v = np.full((n + 63) // 64 * 64, -65.0)  # those beyond the last neuron stay there
    u = b * v[:n]
    current = np.empty(n, np.float32)
    count = 0
    for i in range(steps):
        for j in range(n):
            current[j] = noise[j] * rng.standard_normal()
        for j in range(0, n, 64):
            spiking = at_least(v, j, PEAK)
            while spiking:
                k = j + lowest_bit(spiking)
                spiking &= spiking - np.uint64(1)
                v[k] = c[k]
                u[k] += d[k]
                times[count], ids[count] = i, k
                count += 1
                if targets is None:
                    for s in range(n):
                        current[s] += weights[k, s]
                else:
                    for s in range(targets.shape[1]):
                        current[targets[k, s]] += weights[k, s]
        for j in range(n):
            x = v[j]
            x += 0.5 * ((0.04 * x + 5) * x + 140 - u[j] + current[j])
            x += 0.5 * ((0.04 * x + 5) * x + 140 - u[j] + current[j])
            v[j] = x
            u[j] += a[j] * (b[j] * x - u[j])
    return times[:count], ids[:count]


# ---- the workloads, for `kind` "plain" or "best"; threads are the best one's


def w1(kind="best", method="exponential_euler"):
    """V at every step, and the number of spikes."""
    return TRACED[kind, method](10.0, 100_000, 0.01, *REST)


def w2(kind="best", method="exponential_euler", threads=1, neurons=1_000, duration=1000):
    """The number of spikes of every neuron."""
    run, currents = COUNTED[kind, method], np.linspace(0, 30, neurons)
    size = BLOCK if kind == "best" else neurons
    counts = in_blocks(lambda block, _: run(block, 40 * duration, 0.025, *REST), currents, threads, size)
    return np.concatenate(counts)


def network(kind="best", large=False, seed=1):
    """The network of W3, or of W4 if `large`: a function of the ms to run, at most 1,000, that returns times and ids of
    all spikes."""
    size = (8_000, 2_000) if large else (800, 200)
    rng = np.random.default_rng(seed)
    numbers = (float, np.int64) if kind == "plain" else (np.float32, np.uint16)
    targets, weights = synapses(*size, 1_000 if large else None, rng, *numbers)
    run, source = (network_plain, seed) if kind == "plain" else (network_best, rng)
    most = sum(size) * 500
    arrays = (targets, weights, *cells(*size, rng), np.empty(most), np.empty(most, np.int32))
    return lambda duration: run(*arrays, duration, source)


def w5(kind="best", threads=1, neurons=100_000):
    """Times and ids of all spikes; the best one's are ordered by time within 2,048 neurons."""
    currents = np.linspace(0, 20, neurons)
    if kind == "plain":
        return spikes_plain(currents, 2_000, 0.5)
    parts = in_blocks(lambda part, first: spikes_best(part, first, 2_000, 0.5), currents, threads, size=8 * BLOCK)
    return tuple(map(np.concatenate, zip(*parts)))
