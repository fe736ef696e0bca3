package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LogSumExpTest {
    private static PackedNetwork packed(String kernel) {
        return PackedNetwork.of(TestNetwork.ofEvents(1, 3, 2), KernelNames.kernel(kernel));
    }

    private static float[] logits(float... logits) {
        return logits;
    }

    @ParameterizedTest
    @MethodSource("io.lstmstreams.recurrent.KernelNames#all")
    void shouldAddUpExponentials(String kernel) {
        assertThat(packed(kernel).logSumExp(logits(0, 0))).isCloseTo(Math.log(2), within(1e-7));
        assertThat(packed(kernel).logSumExp(logits((float) Math.log(2), 0))).isCloseTo(Math.log(3), within(1e-7));
    }

    @ParameterizedTest
    @MethodSource("io.lstmstreams.recurrent.KernelNames#all")
    void shouldNotOverflowWithHugeLogits(String kernel) {
        assertThat(packed(kernel).logSumExp(logits(3e38f, 3e38f))).isCloseTo(3e38f, within(1e31));
        assertThat(packed(kernel).logSumExp(logits(-3e38f, -3e38f))).isCloseTo(-3e38f, within(1e31));
        assertThat(packed(kernel).logSumExp(logits(1000, 0))).isEqualTo(1000);
    }

    @ParameterizedTest
    @MethodSource("io.lstmstreams.recurrent.KernelNames#all")
    void shouldReturnNaNIfAnyLogitIsNaN(String kernel) {
        assertThat(packed(kernel).logSumExp(logits(1, Float.NaN, 2))).isNaN();
        assertThat(packed(kernel).logSumExp(logits(Float.NaN, 1))).isNaN();
    }
}
