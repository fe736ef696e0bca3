#!/usr/bin/env python3
"""Derives the coefficients of TanhFit, the kernels' tanh. Needs numpy; prints Java constants and the measured error.

The form, for x >= 0 (tanh is odd) and s = x * x:

    p = x * (1 + P1 s + P2 s^2)                  p / 2q approximates u = tanh(x / 2)
    q = 1 + Q1 s + Q2 s^2 + Q3 s^3
    tanh(x) = 2u / (1 + u^2) = p q / (p q + (q - p/2)^2)

The last line is the double angle formula. It needs one division, its result cannot exceed 1 however its terms are
rounded (the denominator is the numerator plus a square), and it forgives an error of u by the factor
(1 - u^2) / (1 + u^2) = 1 / cosh(x). So p and q are fitted to that weight.

The fit: least squares in the coefficients of x P - 2u Q (linear), divided by the Q of the round before, so that it
becomes the error of the quotient (Sanathanan and Koerner), and reweighted by the error where it is largest, so that
it becomes the greatest error that is made small (Lawson). Everything is float64; the coefficients are rounded to
float32 in the end and the error is measured as the kernel computes it, fused multiply-adds included.
"""
import numpy as np

LIMIT = 9.02  # tanh(x) rounds to 1 in float32 from here on
DEGREE_P, DEGREE_Q = 2, 3
POINTS, ROUNDS = 4000, 1000
SATURATED = 1e-4  # an error of u below this changes tanh by less than half its square, 5e-9


def fit():
    x = LIMIT * np.sin(np.pi / 2 * (np.arange(POINTS) + 0.5) / POINTS)
    s = (x / LIMIT) ** 2  # in [0, 1], for a well-conditioned system
    target = 2 * np.tanh(x / 2)
    tolerance = 1 / np.cosh(x) + SATURATED
    p_powers = s[:, None] ** np.arange(1, DEGREE_P + 1)
    q_powers = s[:, None] ** np.arange(1, DEGREE_Q + 1)

    q = np.ones(POINTS)
    weight = np.full(POINTS, 1 / POINTS)
    best = (np.inf, None, None)
    for _ in range(ROUNDS):
        scale = (tolerance / (target * q) * np.sqrt(weight))[:, None]
        system = np.hstack([x[:, None] * p_powers, -target[:, None] * q_powers]) * scale
        norms = np.linalg.norm(system, axis=0)
        solution = np.linalg.lstsq(system / norms, (target - x) * scale[:, 0], rcond=None)[0] / norms
        p_coefficients, q_coefficients = solution[:DEGREE_P], solution[DEGREE_P:]
        q = 1 + q_powers @ q_coefficients
        error = np.abs(x * (1 + p_powers @ p_coefficients) / q / target - 1) * tolerance
        if error.max() < best[0]:
            best = (error.max(), p_coefficients, q_coefficients)
        weight *= error / error.max() + 1e-3
        weight /= weight.sum()

    worst, p_coefficients, q_coefficients = best
    to_float = lambda c: (c / LIMIT ** (2.0 * np.arange(1, len(c) + 1))).astype(np.float32)
    return worst, to_float(p_coefficients), to_float(q_coefficients)


def fma(a, b, c):
    """float32 multiply-add with (all but always) one rounding: the product is exact in float64."""
    return (np.float64(a) * np.float64(b) + np.float64(c)).astype(np.float32)


def tanh(x, p_coefficients, q_coefficients):
    """tanh of x >= 0, operation by operation as in VectorKernel."""
    one = np.float32(1)
    p1, p2 = p_coefficients
    q1, q2, q3 = q_coefficients
    x = np.minimum(x, np.float32(LIMIT))
    s = x * x
    p = x * fma(fma(s, p2, p1), s, one)
    q = fma(fma(fma(s, q3, q2), s, q1), s, one)
    d = fma(p, np.float32(-0.5), q)
    n = p * q
    return n / fma(d, d, n)


def main():
    worst, p_coefficients, q_coefficients = fit()
    for name, coefficients in (("P", p_coefficients), ("Q", q_coefficients)):
        for power, coefficient in enumerate(coefficients, 1):
            print(f"private static final float {name}{power} = {coefficient!s}f;")

    random = np.random.default_rng(1)
    x = np.concatenate([
        random.uniform(0, 10, 4_000_000), 10 ** random.uniform(-30, 0, 1_000_000), [LIMIT, np.inf],
    ]).astype(np.float32)
    exact = np.tanh(x.astype(np.float64))
    computed = tanh(x, p_coefficients, q_coefficients)
    error = np.abs(computed - exact)
    print(f"fit: {worst:.2g} relative; float32: {error.max():.3g} absolute, {(error / exact).max():.3g} relative;"
          f" greatest result {computed.max()!s}, at {LIMIT} and infinity {computed[-2:]}")


if __name__ == "__main__":
    main()
