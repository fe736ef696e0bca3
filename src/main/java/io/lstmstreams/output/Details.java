package io.lstmstreams.output;

import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a prediction that were requested with {@link Include}. A number that was not requested is null.
 *
 * @param probabilities the probability of every event, {@code [events]}
 * @param logits the logits of the first head
 * @param output each head's output, after its activation, by the head's name
 * @param state (h, c) after the step, for each recurrent layer from the input upwards
 * @param gates the gates of the step by name, for each recurrent layer from the input upwards: f, i, g and o of an
 *     LSTM, r, z and n of a GRU; empty for a simple recurrent layer
 */
@API(status = API.Status.STABLE)
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Details(
        double @Nullable [] probabilities,
        float @Nullable [] logits,
        @Nullable Map<String, double[]> output,
        @Nullable List<LayerState> state,
        @Nullable List<Map<String, float[]>> gates) {
    /** No details. */
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

    private static boolean isFinite(double @Nullable [] values) {
        boolean finite = true;
        for (int i = 0; values != null && i < values.length; i++) {
            finite &= Double.isFinite(values[i]);
        }
        return finite;
    }

    private static boolean isFinite(float @Nullable [] values) {
        boolean finite = true;
        for (int i = 0; values != null && i < values.length; i++) {
            finite &= Float.isFinite(values[i]);
        }
        return finite;
    }

    /**
     * The state of a recurrent layer.
     *
     * @param h the hidden state
     * @param c the cell state; empty if the layer has none
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record LayerState(float[] h, float[] c) {}
}
