package io.lstmstreams.recurrent;

/**
 * A layer normalisation (Ba et al. 2016): x is brought to mean 0 and variance 1 over its elements, then scaled and
 * shifted, {@code y = scale * (x - mean) / sqrt(variance + epsilon) + shift}. Immutable; the arrays belong to this
 * object.
 */
public final class NormalisationLayer implements Layer {
    private final float[] scale; // [size]
    private final float[] shift; // [size]
    private final double epsilon;

    /**
     * Uses the arrays without a copy; the caller must not change them afterwards.
     *
     * @param scale the factors, {@code [size]}
     * @param shift the summands, {@code [size]}
     * @param epsilon the number that is added to the variance, above 0
     * @throws IllegalArgumentException if the arrays differ in length, or epsilon is not positive and finite
     */
    public NormalisationLayer(float[] scale, float[] shift, double epsilon) {
        Shapes.check("layer normalisation", shift, scale.length, 1);
        checkEpsilon(epsilon);
        this.scale = scale;
        this.shift = shift;
        this.epsilon = epsilon;
    }

    static void checkEpsilon(double epsilon) {
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException(
                    "the epsilon of a layer normalisation must be above 0, but is " + Readable.number(epsilon));
        }
    }

    /**
     * Computes {@code y[at + k] = scale[k] * (x[from + k] - mean) / sqrt(variance + epsilon) + shift[k]}; y may be x.
     */
    static void apply(float[] scale, float[] shift, double epsilon, float[] x, int from, float[] y, int at) {
        int size = scale.length;
        double sum = 0;
        for (int k = 0; k < size; k++) {
            sum += x[from + k];
        }
        double mean = sum / size;
        double squares = 0;
        for (int k = 0; k < size; k++) {
            double distance = x[from + k] - mean;
            squares += distance * distance;
        }
        double factor = 1 / Math.sqrt(squares / size + epsilon);
        for (int k = 0; k < size; k++) {
            y[at + k] = (float) (scale[k] * ((x[from + k] - mean) * factor) + shift[k]);
        }
    }

    @Override
    public String specName() {
        return "layer_norm";
    }

    @Override
    public int inputSize() {
        return scale.length;
    }

    @Override
    public int outputSize() {
        return scale.length;
    }

    /** Returns the factors, {@code [size]}, which must not be changed. */
    public float[] scale() {
        return scale;
    }

    /** Returns the summands, {@code [size]}, which must not be changed. */
    public float[] shift() {
        return shift;
    }

    /** Returns the number that is added to the variance. */
    public double epsilon() {
        return epsilon;
    }

    @Override
    public long parameters() {
        return 2L * scale.length;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.addText("layer_norm " + scale.length + " " + epsilon);
        fingerprint.addFloats(scale);
        fingerprint.addFloats(shift);
    }
}
