package io.lstmstreams.recurrent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frameworks' extensions of the textbook LSTM. Immutable; the arrays are never changed.
 *
 * @param activation the function of the candidate g, tanh by default
 * @param outputActivation the function of c in {@code h = o * tanh(c)}, tanh by default
 * @param recurrentActivation the function of the gates i, f and o, sigmoid by default
 * @param peepholes the peephole weights, {@code [3][units]} in the order i, f, o: i and f see c(t-1), o sees c(t) (Gers
 *     and Schmidhuber 2000); null for none
 * @param cellClip the limit of the absolute value of c; 0 for no limit
 * @param projection the matrix that h is multiplied with, {@code [outputs][units]} row by row (Sak et al. 2014);
 *     null for none
 * @param projectionClip the limit of the absolute value of the projected h; 0 for no limit
 * @param gateClip the limit of the absolute value of every gate's pre-activation (ONNX's {@code clip}); 0 for no limit
 * @param inputForget whether f is {@code 1 - i} (ONNX's {@code input_forget})
 * @param norm the layer normalisation of each gate's pre-activation and of c; null for none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LstmOptions(
        Activation activation,
        Activation outputActivation,
        Activation recurrentActivation,
        float @Nullable [][] peepholes,
        float cellClip,
        float @Nullable [] projection,
        float projectionClip,
        float gateClip,
        boolean inputForget,
        @Nullable LstmNormalisation norm) {

    /** The textbook LSTM. */
    public static final LstmOptions NONE =
            new LstmOptions(Activation.TANH, Activation.TANH, Activation.SIGMOID, null, 0f, null, 0f, 0f, false, null);

    /** Returns whether gates and c are those of the textbook LSTM, so that one call of the kernel computes them. */
    boolean hasPlainCell() {
        return activation.equals(Activation.TANH)
                && outputActivation.equals(Activation.TANH)
                && recurrentActivation.equals(Activation.SIGMOID)
                && peepholes == null
                && cellClip == 0f
                && gateClip == 0f
                && !inputForget
                && norm == null;
    }

    /** Checks the options against the layer's number of units. */
    void check(int units) {
        if (activation.isDistribution() || outputActivation.isDistribution() || recurrentActivation.isDistribution()) {
            throw new IllegalArgumentException("a recurrent layer's activation must not be a softmax");
        }
        if (!(cellClip >= 0) || !(projectionClip >= 0) || !(gateClip >= 0)) {
            throw new IllegalArgumentException("cellClip, projectionClip and clip must be at least 0");
        }
        if (peepholes != null) {
            for (float[] peephole : peepholes) {
                Shapes.check("peephole", peephole, units, 1);
            }
        }
        if (projection != null) {
            Shapes.check("projection", projection, Math.max(1, projection.length / units), units);
        } else if (projectionClip > 0) {
            throw new IllegalArgumentException("projectionClip requires a projection");
        }
        if (norm != null) {
            norm.check(units);
        }
    }

    /** Returns every array, in one canonical order. */
    List<float[]> weights() {
        List<float[]> weights = new ArrayList<>();
        if (peepholes != null) {
            weights.addAll(List.of(peepholes));
        }
        if (projection != null) {
            weights.add(projection);
        }
        if (norm != null) {
            weights.addAll(List.of(norm.scale()));
            weights.addAll(List.of(norm.shift()));
        }
        return weights;
    }

    long parameters() {
        return weights().stream().mapToLong(values -> values.length).sum();
    }

    /** Returns the options that are not arrays and differ from the textbook LSTM, as text. */
    String fingerprintText() {
        StringBuilder text = new StringBuilder();
        append(text, "activation", activation, Activation.TANH);
        append(text, "outputActivation", outputActivation, Activation.TANH);
        append(text, "recurrentActivation", recurrentActivation, Activation.SIGMOID);
        append(text, "peepholes", peepholes != null, false);
        append(text, "cellClip", cellClip, 0f);
        append(text, "projection", projection == null ? 0 : projection.length, 0);
        append(text, "projectionClip", projectionClip, 0f);
        append(text, "clip", gateClip, 0f);
        append(text, "inputForget", inputForget, false);
        append(text, "norm", norm == null ? 0.0 : norm.epsilon(), 0.0);
        return text.toString();
    }

    private static void append(StringBuilder text, String name, Object value, Object plain) {
        if (!value.equals(plain)) {
            text.append(' ').append(name).append(' ').append(value);
        }
    }
}
