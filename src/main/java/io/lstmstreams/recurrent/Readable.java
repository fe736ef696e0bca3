package io.lstmstreams.recurrent;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people write them: without an exponent, and without zeros at the end. */
public final class Readable {
    private static final double LEAST = 1e-9; // below this, zeros are harder to read than an exponent
    private static final double MOST = 1e15;

    private Readable() {}

    /** Returns the shortest text of a double, such as 0.0002. */
    public static String number(double value) {
        return text(value, Double.toString(value));
    }

    /** Returns the shortest text of a float, such as 0.2. */
    public static String number(float value) {
        return text(value, Float.toString(value));
    }

    /**
     * Returns a probability with at most three significant digits, such as 0.0312.
     *
     * @param probability a probability, 0 to 1
     */
    public static String probability(double probability) {
        if (!Double.isFinite(probability)) {
            return Double.toString(probability);
        }
        if (probability < LEAST) {
            return "under " + number(LEAST);
        }
        return plain(new BigDecimal(probability).round(new MathContext(3)));
    }

    /**
     * Returns a probability in percent, such as 93 % or 3.1 %: with a decimal below 10 %.
     *
     * @param probability a probability, 0 to 1
     */
    public static String percent(double probability) {
        return String.format(Locale.ROOT, probability >= 0.1 ? "%.0f %%" : "%.1f %%", 100 * probability);
    }

    /**
     * Returns a count with its noun, such as 1 event or 2,000 events.
     *
     * @param noun a noun in the singular whose plural ends with s
     */
    public static String count(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }

    private static String text(double value, String shortest) {
        double size = Math.abs(value);
        boolean fits = value == 0 || size >= LEAST && size < MOST;
        return fits ? plain(new BigDecimal(shortest)) : shortest;
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
