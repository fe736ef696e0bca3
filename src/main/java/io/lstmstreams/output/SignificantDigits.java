package io.lstmstreams.output;

import java.math.BigDecimal;
import java.math.MathContext;

/** Rounds numbers to significant digits. */
final class SignificantDigits {
    private static final int DIGITS = 9;
    private static final MathContext NINE = new MathContext(DIGITS);
    private static final int EXACT = 22; // 10^22 is the largest power of ten that a double holds exactly
    private static final double[] POWERS_OF_TEN = new double[EXACT + 1];

    static {
        for (int i = 0; i <= EXACT; i++) {
            POWERS_OF_TEN[i] = Double.parseDouble("1e" + i);
        }
    }

    private SignificantDigits() {}

    /**
     * Returns the double nearest to the value rounded to nine significant digits; NaN and infinities are unchanged.
     */
    static double nine(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return value;
        }
        int scale = DIGITS - 1 - (int) Math.floor(Math.log10(Math.abs(value)));
        if (scale >= 0 && scale <= EXACT) {
            return Math.rint(value * POWERS_OF_TEN[scale]) / POWERS_OF_TEN[scale];
        }
        return new BigDecimal(value).round(NINE).doubleValue();
    }
}
