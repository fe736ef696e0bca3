package io.lstmstreams.recurrent;

/**
 * {@code y = scale * x + shift}, element by element: what batch normalisation is once training is over. Immutable; the
 * arrays belong to this object.
 */
public final class ScaleLayer implements Layer {
    private final float[] scale; // [size]
    private final float[] shift; // [size]

    /**
     * Takes the arrays without a copy; the caller must not change them afterwards.
     *
     * @throws IllegalArgumentException if they are not of one length
     */
    public ScaleLayer(float[] scale, float[] shift) {
        Shapes.check("batch normalisation", shift, scale.length, 1);
        this.scale = scale;
        this.shift = shift;
    }

    @Override
    public String cell() {
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

    /** {@code [size]}; not to be changed. */
    public float[] scale() {
        return scale;
    }

    /** {@code [size]}; not to be changed. */
    public float[] shift() {
        return shift;
    }

    @Override
    public long parameters() {
        return 2L * scale.length;
    }

    @Override
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint.text("scale " + scale.length);
        fingerprint.floats(scale);
        fingerprint.floats(shift);
    }
}
