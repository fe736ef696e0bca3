package io.lstmstreams.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The vector kernel with bfloat16 weights. It is exact for weights that bfloat16 can express, so the contract is the
 * same.
 */
class Bfloat16KernelTest extends KernelContract {

    @Override
    Kernel kernel() {
        return new VectorKernel(true);
    }

    @Override
    float[] weights(Random random, int length, float range) {
        float[] weights = uniform(random, length, range);
        for (int i = 0; i < length; i++) {
            weights[i] = Float.intBitsToFloat(Bfloat16Matrix.bfloat16(weights[i]));
        }
        return weights;
    }

    @Test
    void shouldRoundToTheNearestAndToEvenBetweenTwo() {
        assertThat(rounded(1 + 1 / 256f)).isEqualTo(1);
        assertThat(rounded(1 + 3 / 256f)).isEqualTo(1 + 4 / 256f);
        assertThat(rounded(-1 - 3 / 512f)).isEqualTo(-1 - 2 / 256f);
        assertThat(rounded(-0f)).isEqualTo(-0f);
        assertThat(rounded(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(rounded(Float.NaN)).isNaN();
        for (float weight : uniform(new Random(1), 1000, 3)) {
            assertThat(rounded(weight)).isCloseTo(weight, within(Math.abs(weight) / 256));
        }
    }

    private static float rounded(float weight) {
        return Float.intBitsToFloat(Bfloat16Matrix.bfloat16(weight));
    }
}
