package io.lstmstreams.recurrent;

/**
 * The layer normalisation inside an LSTM (Ba et al. 2016, as in TensorFlow's {@code LayerNormBasicLSTMCell}). Each
 * gate's pre-activation and the new c are brought to mean 0 and variance 1 over the units, then scaled and shifted.
 *
 * @param scale the factors, {@code [5][units]} in the order i, f, g, o, c
 * @param shift the summands, {@code [5][units]} in the order i, f, g, o, c
 * @param epsilon the number that is added to the variance, above 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LstmNormalisation(float[][] scale, float[][] shift, double epsilon) {
    /** The number of parts that are normalised: four gates and c. */
    static final int PARTS = 5;

    void check(int units) {
        if (scale.length != PARTS || shift.length != PARTS) {
            throw new IllegalArgumentException("layer normalisation requires scales and shifts for i, f, g, o and c");
        }
        for (int part = 0; part < PARTS; part++) {
            Shapes.check("layer normalisation", scale[part], units, 1);
            Shapes.check("layer normalisation", shift[part], units, 1);
        }
        NormalisationLayer.checkEpsilon(epsilon);
    }

    /**
     * Normalises one part in place.
     *
     * @param part the part's index in the order i, f, g, o, c
     * @param values the part's elements begin at index {@code from}
     */
    void apply(int part, float[] values, int from) {
        NormalisationLayer.apply(scale[part], shift[part], epsilon, values, from, values, from);
    }
}
