package io.lstmstreams.output;

import java.util.List;
import java.util.Map;

/**
 * The numbers behind a prediction, as far as {@link Include} asked for them; what was not asked for is null.
 *
 * @param probabilities of every event, {@code [inputSize]}
 * @param logits of the first head
 * @param output each head's output, after its activation, by name
 * @param state (h, c) after the step, for each layer from the input upwards
 * @param gates of the step, for each layer from the input upwards
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Details(
        double[] probabilities,
        float[] logits,
        Map<String, double[]> output,
        List<LayerState> state,
        List<Gates> gates) {
    /** Nothing was asked for. */
    public static final Details NONE = new Details(null, null, null, null, null);

    /** Hidden and cell state of a layer, {@code [units]} each. */
    @SuppressWarnings("ArrayRecordComponent")
    public record LayerState(float[] h, float[] c) {}

    /** Forget gate, input gate, candidate and output gate of a layer, {@code [units]} each. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Gates(float[] f, float[] i, float[] g, float[] o) {}
}
