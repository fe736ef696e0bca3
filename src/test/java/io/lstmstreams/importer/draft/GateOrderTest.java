package io.lstmstreams.importer.draft;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The positions of each framework's gates in our order. */
class GateOrderTest {
    private static Tensor tensor(long[] shape, float... values) {
        return new Tensor("t", shape, values);
    }

    @Test
    void shouldOrderTheGatesOfEachFrameworkAsPyTorchDoes() {
        float[] stored = {0, 1, 2, 3};

        assertThat(GateOrder.lstm("ifgo").blocks(stored, 0, 1)).containsExactly(0, 1, 2, 3);
        assertThat(GateOrder.lstm("igfo").blocks(stored, 0, 1)).containsExactly(0, 2, 1, 3);
        assertThat(GateOrder.lstm("iofg").blocks(stored, 0, 1)).containsExactly(0, 2, 3, 1);
        assertThat(GateOrder.gru("zrn").blocks(stored, 0, 1)).containsExactly(1, 0, 2);
        assertThat(GateOrder.gru("zrn").blocks(stored, 1, 1)).containsExactly(2, 1, 3);
    }

    @Test
    void shouldTransposeKerasKernelsAndSplitTwoBiases() {
        // z, r, n of one unit and two inputs
        Map<String, Tensor> parameters = GateOrder.keras(3)
                .ofKeras(
                        tensor(new long[] {2, 3}, 0, 1, 2, 10, 11, 12),
                        tensor(new long[] {1, 3}, 20, 21, 22),
                        tensor(new long[] {2, 3}, 30, 31, 32, 40, 41, 42));

        assertThat(parameters.get("weight_ih").values()).containsExactly(1, 11, 0, 10, 2, 12);
        assertThat(parameters.get("weight_ih").hasShape(3, 2)).isTrue();
        assertThat(parameters.get("weight_hh").values()).containsExactly(21, 20, 22);
        assertThat(parameters.get("bias_ih").values()).containsExactly(31, 30, 32);
        assertThat(parameters.get("bias_hh").values()).containsExactly(41, 40, 42);
    }

    @Test
    void shouldReadTheBlocksOfCudnnRowByRow() {
        // four gates of two units and two inputs; each gate's numbers are [units, inputs] in CuDNN's order
        float[] kernel = {0, 1, 10, 11, 20, 21, 30, 31, 2, 3, 12, 13, 22, 23, 32, 33};
        Map<String, Tensor> parameters =
                GateOrder.keras(4).ofCudnn(tensor(new long[] {2, 8}, kernel), tensor(new long[] {2, 8}, kernel), null);

        assertThat(parameters.get("weight_ih").values())
                .containsExactly(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33);
        assertThat(parameters).containsOnlyKeys("weight_ih", "weight_hh");
    }
}
