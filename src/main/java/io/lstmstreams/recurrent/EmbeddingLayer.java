package io.lstmstreams.recurrent;

/**
 * A row of a table for each event. Reads one-hot lines of the model's own input, which makes it a product without a bias;
 * a network folds it into the input table of the layer above where it can. Immutable; the array belongs to this object.
 */
public final class EmbeddingLayer implements Layer {
    private final int rows;
    private final int size;
    private final int offset;
    private final float[] weights; // [rows][size], row by row
    private final boolean maskZero;

    /**
     * Takes the array without a copy; the caller must not change it afterwards.
     *
     * @param rows the events that it knows
     * @param size the length of a row
     * @param offset the line of the model's input that stands for row 0
     * @param weights {@code [rows][size]}, row by row
     * @param maskZero whether event 0 is no event: it leaves every recurrent layer as it is (Keras' {@code mask_zero})
     * @throws IllegalArgumentException if the array does not fit the shape
     */
    public EmbeddingLayer(int rows, int size, int offset, float[] weights, boolean maskZero) {
        Shapes.check("embedding", weights, rows, size);
        if (offset < 0) {
            throw new IllegalArgumentException("an embedding's offset is 0 or more, not " + offset);
        }
        this.rows = rows;
        this.size = size;
        this.offset = offset;
        this.weights = weights;
        this.maskZero = maskZero;
    }

    @Override
    public String cell() {
        return "embedding";
    }

    /** The events that it knows. */
    @Override
    public int inputSize() {
        return rows;
    }

    @Override
    public int outputSize() {
        return size;
    }

    /** The line of the model's input that stands for row 0. */
    public int offset() {
        return offset;
    }

    /** {@code [rows][size]}, row by row; not to be changed. */
    public float[] weights() {
        return weights;
    }

    /** Whether event 0 leaves every recurrent layer as it is. */
    public boolean maskZero() {
        return maskZero;
    }

    @Override
    public long parameters() {
        return weights.length;
    }

    @Override
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint.text("embedding " + rows + " " + size + " " + offset + (maskZero ? " maskZero" : ""));
        fingerprint.floats(weights);
    }
}
