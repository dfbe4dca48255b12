"""`exp` and `expm1` without a branch or a call, so that a loop over neurons that uses them becomes vector instructions.

They are right to the last digit or its neighbour, and stand in for the library's functions in everything that Numba
compiles here; their text becomes part of each generated module. Inputs that are no numbers stay so, and results too
large become infinite or nearly so.
"""

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

PER_LN2, LN2_HIGH, LN2_LOW = 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10
ROUNDER = 1.5 * 2**52  # added to a number it leaves no bits for a fraction, and the integer in the lowest ones


@intrinsic
def power_of_two(typing, rounded):
    """2^k, where k stands in the lowest bits of `rounded`: k becomes the exponent."""

    def build(context, builder, signature, arguments):
        integer = ir.IntType(64)
        k = builder.bitcast(arguments[0], integer)
        exponent = builder.shl(builder.add(k, ir.Constant(integer, 1023)), ir.Constant(integer, 52))
        return builder.bitcast(exponent, ir.DoubleType())

    return types.float64(types.float64), build


@intrinsic
def widest_vectors(typing):
    """Let the calling function use the widest vectors that the processor has."""

    def build(context, builder, signature, arguments):
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.none(), build


@njit(error_model="numpy", fastmath={"contract"}, forceinline=True)
def _power_and_rest(x):
    """2^k and exp(r) - 1, with x = k ln 2 + r. exp(r) is 1 + r + r^2 p(r), with p of degree 9 through its true values at
    Chebyshev's nodes (off by at most 2e-17), summed in pairs and pairs of pairs, for a short chain of waits."""
    x = -708.0 if x < -708.0 else x  # what is no number passes both
    rounded = (709.0 if x > 709.0 else x) * PER_LN2 + ROUNDER
    k = rounded - ROUNDER
    r = x - k * LN2_HIGH - k * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    first = (0.5 + r * 0.16666666666666669) + r2 * (0.04166666666662416 + r * 0.008333333333330063)
    second = (0.0013888888917199863 + r * 0.00019841269863042963) + r2 * (
        2.4801521317484083e-05 + r * 2.7557268476553695e-06
    )
    third = 2.7620078203806394e-07 + r * 2.5100377619606372e-08
    return power_of_two(rounded), r + r2 * (first + r4 * (second + r4 * third))


@njit(error_model="numpy", fastmath={"contract"}, forceinline=True)
def exp(x):
    power, rest = _power_and_rest(x)
    return power + power * rest


@njit(error_model="numpy", fastmath={"contract"}, forceinline=True)
def expm1(x):
    power, rest = _power_and_rest(x)
    return power * rest + (power - 1.0)
