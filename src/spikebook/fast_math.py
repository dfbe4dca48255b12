"""`exp` and `expm1` without a branch or a call, so that a loop over neurons that uses them becomes vector instructions;
with a branch for one neuron, whose steps wait for one another; and what finds the few marked neurons among many.

They are right to the last digit or its neighbour, and stand in for the library's functions in everything that Numba
compiles here; their text becomes part of each generated module. Inputs that are no numbers stay so, and results too
large become infinite or nearly so.
"""

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy import bool_, zeros

PER_LN2, LN2_HIGH, LN2_LOW = 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10
# Added to a number it leaves no bits for a fraction, and the integer plus the bias of a double's exponent in the lowest ones.
ROUNDER = 1.5 * 2**52 + 1023
BITS = ir.IntType(64)

# What compiled code alone calls needs no way in from Python or C, and is compiled sooner without.
BELOW = dict(no_cpython_wrapper=True, no_cfunc_wrapper=True)
accurate = njit(error_model="numpy", fastmath={"contract"}, forceinline=True, **BELOW)


@intrinsic
def power_of_two(typing, rounded):
    """2^k, where k + 1023 stands in the lowest bits of `rounded`: it becomes the exponent."""

    def build(context, builder, signature, arguments):
        exponent = builder.shl(builder.bitcast(arguments[0], BITS), ir.Constant(BITS, 52))
        return builder.bitcast(exponent, ir.DoubleType())

    return types.float64(types.float64), build


@intrinsic
def widest_vectors(typing):
    """Let the calling function use the widest vectors that the processor has."""

    def build(context, builder, signature, arguments):
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.none(), build


@njit(**BELOW)
def marks(n):
    return zeros(n, bool_)


@intrinsic
def marked(typing, values, first):
    """A number whose bit k says whether values[first + k] is marked, for k = 0 ... 63."""

    def build(context, builder, signature, arguments):
        values = context.make_array(signature.args[0])(context, builder, arguments[0])
        vector = ir.VectorType(ir.IntType(8), 64)
        address = builder.bitcast(builder.gep(values.data, [arguments[1]]), vector.as_pointer())
        bits = builder.icmp_unsigned("!=", builder.load(address, align=1), ir.Constant(vector, [0] * 64))
        return builder.bitcast(bits, BITS)

    return types.int64(values, types.intp), build


@intrinsic
def lowest_bit(typing, bits):
    """Index of the lowest bit that is set."""

    def build(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), build


@accurate
def _rest(r):
    """exp(r) - 1 for |r| < 0.3466: r + r^2 p(r), with p of degree 9 through its true values at Chebyshev's nodes (off by
    at most 2e-17), summed in pairs and pairs of pairs, for a short chain of waits."""
    r2 = r * r
    r4 = r2 * r2
    first = (0.5 + r * 0.16666666666666669) + r2 * (0.04166666666662416 + r * 0.008333333333330063)
    second = (0.0013888888917199863 + r * 0.00019841269863042963) + r2 * (
        2.4801521317484083e-05 + r * 2.7557268476553695e-06
    )
    third = 2.7620078203806394e-07 + r * 2.5100377619606372e-08
    return r + r2 * (first + r4 * (second + r4 * third))


@accurate
def _power_and_rest(x):
    """2^k and exp(r) - 1, with x = k ln 2 + r. Each limit stands where one instruction will do for it."""
    x = -708.0 if x < -708.0 else x  # what is no number passes both
    rounded = x * PER_LN2 + ROUNDER
    rounded = ROUNDER + 1023 if rounded > ROUNDER + 1023 else rounded
    k = rounded - ROUNDER
    return power_of_two(rounded), _rest(x - k * LN2_HIGH - k * LN2_LOW)


@accurate
def exp_of_many(x):
    power, rest = _power_and_rest(x)
    return power + power * rest


@accurate
def expm1_of_many(x):
    power, rest = _power_and_rest(x)
    return power * rest + (power - 1.0)


@accurate
def exp_of_one(x):
    """In the short steps of one neuron most exponents are small: a branch, well foreseen, saves waiting for k."""
    return 1.0 + _rest(x) if abs(x) < 0.34 else exp_of_many(x)


@accurate
def expm1_of_one(x):
    return _rest(x) if abs(x) < 0.34 else expm1_of_many(x)
