package io.lstmstreams.recurrent;

/**
 * An embedding: a table with a row for each event. It reads one-hot elements of the network's input, so it is a product
 * without a bias. A packed network folds it into the input table of the layer above where possible. Immutable; the
 * array belongs to this object.
 */
public final class EmbeddingLayer implements Layer {
    private final int rows;
    private final int size;
    private final int offset;
    private final float[] weights; // [rows][size], row by row
    private final boolean maskZero;

    /**
     * Uses the array without a copy; the caller must not change it afterwards.
     *
     * @param rows the number of events
     * @param size the length of a row
     * @param offset the input index that row 0 stands for
     * @param weights the table, {@code [rows][size]}, row by row
     * @param maskZero whether event 0 means no event and leaves every recurrent layer unchanged (Keras'
     *     {@code mask_zero})
     * @throws IllegalArgumentException if the array does not fit the shape, or the offset is negative
     */
    public EmbeddingLayer(int rows, int size, int offset, float[] weights, boolean maskZero) {
        Shapes.check("embedding", weights, rows, size);
        if (offset < 0) {
            throw new IllegalArgumentException("an embedding's offset must be at least 0, but is " + offset);
        }
        this.rows = rows;
        this.size = size;
        this.offset = offset;
        this.weights = weights;
        this.maskZero = maskZero;
    }

    @Override
    public String specName() {
        return "embedding";
    }

    /** Returns the number of events. */
    @Override
    public int inputSize() {
        return rows;
    }

    @Override
    public int outputSize() {
        return size;
    }

    /** Returns the input index that row 0 stands for. */
    public int offset() {
        return offset;
    }

    /** Returns the table, {@code [rows][size]} row by row, which must not be changed. */
    public float[] weights() {
        return weights;
    }

    /** Returns whether event 0 leaves every recurrent layer unchanged. */
    public boolean maskZero() {
        return maskZero;
    }

    @Override
    public long parameters() {
        return weights.length;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.addText("embedding " + rows + " " + size + " " + offset + (maskZero ? " maskZero" : ""));
        fingerprint.addFloats(weights);
    }
}
