package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignificantDigitsTest {

    private static double oracle(double value) {
        return new BigDecimal(value).round(new MathContext(9)).doubleValue();
    }

    @ParameterizedTest
    @CsvSource({
        "0.123456789123, 0.123456789",
        "-9.7128549999999, -9.712855",
        "123456789.4, 123456789",
        "1234567894.9, 1234567890",
        "0.99999999999, 1",
        "9.9999999999e-15, 1e-14",
        "1.23456789123e-40, 1.23456789e-40",
        "1.7976931348623157e308, 1.79769313e308",
        "4.9e-324, 4.9e-324",
        "1, 1",
        "-0.5, -0.5"
    })
    void shouldKeepNineDigits(double value, double expected) {
        assertThat(SignificantDigits.nine(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void shouldKeepZerosAndNumbersThatAreNotFinite(double value) {
        assertThat(Double.doubleToRawLongBits(SignificantDigits.nine(value)))
                .isEqualTo(Double.doubleToRawLongBits(value));
    }

    @Test
    void shouldRoundLikeBigDecimalInTheRangeOfScores() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            double value = Math.exp(random.nextDouble(-40, 8)) * (random.nextBoolean() ? 1 : -1);

            assertThat(SignificantDigits.nine(value)).as(() -> "of " + value).isEqualTo(oracle(value));
        }
    }

    @Test
    void shouldRoundLikeBigDecimal() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 100_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value) && value != 0) {
                assertThat(SignificantDigits.nine(value))
                        .as(() -> "of " + value)
                        .isEqualTo(oracle(value));
            }
        }
    }

    @Test
    void shouldRoundLikeBigDecimalNextToPowersOfTen() {
        for (int exponent = -30; exponent <= 30; exponent++) {
            double power = Double.parseDouble("1e" + exponent);
            for (double value : new double[] {Math.nextDown(power), power, Math.nextUp(power), power * 1.0000000049}) {
                assertThat(SignificantDigits.nine(value)).as("of " + value).isEqualTo(oracle(value));
            }
        }
    }

    @Test
    void shouldKeepEnoughToReadEveryFloatBack() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 100_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value)) {
                assertThat((float) SignificantDigits.nine(value)).isEqualTo(value);
            }
        }
    }
}
