package io.lstmstreams.kernel;

/**
 * The coefficients of the rational tanh: {@code p = x (1 + P1 s + P2 s^2)} and {@code q = 1 + Q1 s + Q2 s^2 + Q3 s^3} with
 * {@code s = x^2}, where {@code p / 2q} is close to tanh(x / 2). They come from {@code src/main/python/fit_tanh.py}, which also tells
 * the method.
 */
final class TanhFit {
    static final float P1 = 0.029760743f;
    static final float P2 = 0.00011397022f;
    static final float Q1 = 0.11309404f;
    static final float Q2 = 0.0012051795f;
    static final float Q3 = 1.223006e-06f;

    /** From here on tanh rounds to 1. */
    static final float LIMIT = 9.02f;

    private TanhFit() {}
}
