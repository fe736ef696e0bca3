package io.lstmstreams.output;

import java.util.List;
import java.util.Map;

/**
 * The numbers behind a prediction, as far as {@link Include} asked for them; what was not asked for is null.
 *
 * @param probabilities of every event, {@code [events]}
 * @param logits of the first head
 * @param output each head's output, after its activation, by name
 * @param state (h, c) after the step, for each recurrent layer from the input upwards
 * @param gates of the step by name, for each recurrent layer from the input upwards: f, i, g and o of an LSTM, r, z and n of
 *     a GRU, none of a simple recurrent layer
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Details(
        double[] probabilities,
        float[] logits,
        Map<String, double[]> output,
        List<LayerState> state,
        List<Map<String, float[]>> gates) {
    /** Nothing was asked for. */
    public static final Details NONE = new Details(null, null, null, null, null);

    boolean isFinite() {
        return isFinite(probabilities)
                && isFinite(logits)
                && (output == null || output.values().stream().allMatch(Details::isFinite))
                && (state == null || state.stream().allMatch(layer -> isFinite(layer.h()) && isFinite(layer.c())))
                && (gates == null
                        || gates.stream()
                                .flatMap(layer -> layer.values().stream())
                                .allMatch(Details::isFinite));
    }

    private static boolean isFinite(double[] values) {
        boolean finite = true;
        for (int i = 0; values != null && i < values.length; i++) {
            finite &= Double.isFinite(values[i]);
        }
        return finite;
    }

    private static boolean isFinite(float[] values) {
        boolean finite = true;
        for (int i = 0; values != null && i < values.length; i++) {
            finite &= Float.isFinite(values[i]);
        }
        return finite;
    }

    /** Hidden and cell state of a recurrent layer; c is empty where the cell has none. */
    @SuppressWarnings("ArrayRecordComponent")
    public record LayerState(float[] h, float[] c) {}
}
