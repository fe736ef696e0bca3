package io.lstmstreams.recurrent;

/**
 * A layer that computes {@code y = scale * x + shift}, element by element: a batch normalisation after training.
 * Immutable; the arrays belong to this object.
 */
public final class ScaleLayer implements Layer {
    private final float[] scale; // [size]
    private final float[] shift; // [size]

    /**
     * Uses the arrays without a copy; the caller must not change them afterwards.
     *
     * @param scale the factors, {@code [size]}
     * @param shift the summands, {@code [size]}
     * @throws IllegalArgumentException if the arrays differ in length
     */
    public ScaleLayer(float[] scale, float[] shift) {
        Shapes.check("batch normalisation", shift, scale.length, 1);
        this.scale = scale;
        this.shift = shift;
    }

    @Override
    public String specName() {
        return "batch_norm";
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

    @Override
    public long parameters() {
        return 2L * scale.length;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.addText("scale " + scale.length);
        fingerprint.addFloats(scale);
        fingerprint.addFloats(shift);
    }
}
