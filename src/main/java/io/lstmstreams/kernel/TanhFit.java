package io.lstmstreams.kernel;

/**
 * The coefficients of the rational tanh: {@code p = x (1 + P1 s + P2 s^2)} and {@code q = 1 + Q1 s + Q2 s^2 + Q3 s^3}
 * with {@code s = x^2}, where {@code p / 2q} approximates tanh(x / 2). The script {@code src/main/python/fit_tanh.py}
 * computes them and describes the method.
 */
final class TanhFit {
    static final float P1 = 0.029760743f;
    static final float P2 = 0.00011397022f;
    static final float Q1 = 0.11309404f;
    static final float Q2 = 0.0012051795f;
    static final float Q3 = 1.223006e-06f;

    /** The argument from which on tanh rounds to 1. */
    static final float LIMIT = 9.02f;

    private TanhFit() {}
}
