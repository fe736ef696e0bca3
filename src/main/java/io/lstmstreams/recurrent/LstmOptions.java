package io.lstmstreams.recurrent;

import java.util.ArrayList;
import java.util.List;

/**
 * What the frameworks add to the LSTM of the textbooks. Immutable; the arrays are never changed.
 *
 * @param activation of the candidate g; tanh
 * @param outputActivation of c on its way into h; tanh
 * @param recurrentActivation of the gates i, f and o; sigmoid
 * @param peepholes how the gates see the cell, {@code [3][units]} in order i, f, o: i and f see c(t-1), o sees c(t)
 *     (Gers and Schmidhuber 2000); null without
 * @param cellClip c is kept within {@code -cellClip} to {@code cellClip}; 0 for no limit
 * @param projection {@code [outputs][units]} row by row: h is this times what it would be (Sak et al. 2014); null without
 * @param projectionClip the projected h is kept within this; 0 for no limit
 * @param gateClip every gate's pre-activation is kept within this (ONNX's {@code clip}); 0 for no limit
 * @param inputForget whether f is {@code 1 - i} (ONNX's {@code input_forget})
 * @param norm layer normalisation of each gate's pre-activation and of c; null without
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LstmOptions(
        Activation activation,
        Activation outputActivation,
        Activation recurrentActivation,
        float[][] peepholes,
        float cellClip,
        float[] projection,
        float projectionClip,
        float gateClip,
        boolean inputForget,
        LstmNormalisation norm) {

    /** Nothing added. */
    public static final LstmOptions NONE =
            new LstmOptions(Activation.TANH, Activation.TANH, Activation.SIGMOID, null, 0f, null, 0f, 0f, false, null);

    /** Whether gates and cell are those of the textbooks, which kernels do in one go; h may be projected all the same. */
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

    void check(int units) {
        if (activation.isOfVector() || outputActivation.isOfVector() || recurrentActivation.isOfVector()) {
            throw new IllegalArgumentException("a softmax is no activation inside of a cell");
        }
        if (!(cellClip >= 0) || !(projectionClip >= 0) || !(gateClip >= 0)) {
            throw new IllegalArgumentException("cellClip, projectionClip and clip are above 0");
        }
        if (peepholes != null) {
            for (float[] peephole : peepholes) {
                Shapes.check("peephole", peephole, units, 1);
            }
        }
        if (projection != null) {
            Shapes.check("projection", projection, Math.max(1, projection.length / units), units);
        } else if (projectionClip > 0) {
            throw new IllegalArgumentException("projectionClip without a projection");
        }
        if (norm != null) {
            norm.check(units);
        }
    }

    /** Every array, in one order. */
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

    /** What is not an array; empty for the LSTM of the textbooks. */
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
