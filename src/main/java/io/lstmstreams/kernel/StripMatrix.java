package io.lstmstreams.kernel;

/**
 * A matrix of the {@link VectorKernel}, in strips of rows. A strip has as many rows as two SIMD vectors have lanes. A
 * row's sum begins with its base and goes along the columns, one multiply-add after the other, in a single product as
 * in one with several vectors. So both give the same results to the last bit.
 *
 * <p>A multiply-add must wait for the one before it in the same sum, so several sums run side by side. A single product
 * waits mostly for its weights: it takes two strips, which are four accumulators, at a time. A product with several
 * vectors takes one strip and eight vectors at a time, which are 16 accumulators, so that eight multiply-adds share
 * each weight that was read. Neither splits a row's sum into partial sums: a single product would gain nothing, and a
 * product with several vectors would need twice the registers.
 *
 * <p>Where strips or vectors are missing, the last one takes their place: it is computed several times and written
 * several times with the same result. So there is one loop for all counts, and no masks, which allocate on JDK 17.
 *
 * <p>Thread-safe and free of allocation. Subclasses hold the weights, strip by strip and column by column within a
 * strip, and do the arithmetic.
 */
abstract class StripMatrix implements Matrix {

    static final int LANES = VectorKernel.lanes();

    /** The number of rows in a strip. */
    static final int STRIP_ROWS = 2 * LANES;

    /**
     * The maximum number of vectors at a time. Twice as many accumulators must fit into the registers: x86 has 16 of
     * them, or 32 of 512 bits; AArch64 has 32.
     */
    static final int MAX_VECTORS = LANES >= 16 || System.getProperty("os.arch").equals("aarch64") ? 8 : 4;

    /** The number of columns at a time: these parts of eight vectors, 16 KiB, stay in the L1 cache. */
    private static final int COLUMN_BLOCK = 512;

    /** A per-thread array for the rows of a last strip that is not full, {@code [MAX_VECTORS][STRIP_ROWS]}. */
    private static final ThreadLocal<float[][]> REST =
            ThreadLocal.withInitial(() -> new float[MAX_VECTORS][STRIP_ROWS]);

    private final int rows;
    private final int columns;

    StripMatrix(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /**
     * Reorders weights into strips.
     *
     * @param weights {@code [rows][columns]}, row by row
     * @return {@code [strip][columns][STRIP_ROWS]}, the last strip padded with zeros
     */
    static float[] strips(int rows, int columns, float[] weights) {
        int strips = (rows + STRIP_ROWS - 1) / STRIP_ROWS;
        float[] packed = new float[Math.multiplyExact(strips * STRIP_ROWS, columns)];
        for (int row = 0; row < rows; row++) {
            int at = row / STRIP_ROWS * STRIP_ROWS * columns + row % STRIP_ROWS;
            for (int k = 0; k < columns; k++) {
                packed[at + k * STRIP_ROWS] = weights[row * columns + k];
            }
        }
        return packed;
    }

    @Override
    public final int rows() {
        return rows;
    }

    @Override
    public final int columns() {
        return columns;
    }

    @Override
    public final void multiply(float[] x, float[] base, int offset, float[] y) {
        setToBase(base, offset, y);
        int whole = rows - rows % STRIP_ROWS;
        for (int row = 0; row < whole; row += 2 * STRIP_ROWS) {
            // With an odd number of strips, the last pair is the last strip twice.
            int next = Math.min(row + STRIP_ROWS, whole - STRIP_ROWS);
            addTwoStrips(row * columns, next * columns, x, y, row, next);
        }
        if (whole < rows) {
            // y has no room for the padding of the last strip.
            float[] rest = REST.get()[0];
            System.arraycopy(y, whole, rest, 0, rows - whole);
            addTwoStrips(whole * columns, whole * columns, x, rest, 0, 0);
            System.arraycopy(rest, 0, y, whole, rows - whole);
        }
    }

    @Override
    public final void multiply(int count, float[][] x, float[][] bases, int[] offsets, float[][] y) {
        // A group of one vector would be computed MAX_VECTORS times; the single product is faster.
        int grouped = count % MAX_VECTORS == 1 ? count - 1 : count;
        for (int i = 0; i < grouped; i++) {
            setToBase(bases[i], offsets[i], y[i]);
        }
        for (int from = 0; from < columns; from += COLUMN_BLOCK) {
            multiply(grouped, from, Math.min(from + COLUMN_BLOCK, columns), x, y);
        }
        if (grouped < count) {
            multiply(x[grouped], bases[grouped], offsets[grouped], y[grouped]);
        }
    }

    /** Sets the sum of every row to its base. */
    private void setToBase(float[] base, int offset, float[] y) {
        if (base != y || offset > 0) {
            System.arraycopy(base, offset, y, 0, rows);
        }
    }

    /** Adds the products of the columns {@code from} (inclusive) to {@code to} (exclusive) to all rows of {@code y}. */
    private void multiply(int count, int from, int to, float[][] x, float[][] y) {
        int row = 0;
        for (; row <= rows - STRIP_ROWS; row += STRIP_ROWS) {
            for (int i = 0; i < count; i += MAX_VECTORS) {
                addStrip(Math.min(count - i, MAX_VECTORS), row * columns, from, to, x, i, y, i, row);
            }
        }
        for (int i = 0; i < count && row < rows; i += MAX_VECTORS) {
            int group = Math.min(count - i, MAX_VECTORS);
            float[][] rest = REST.get(); // because y has no room for the padding of the last strip
            for (int j = 0; j < group; j++) {
                System.arraycopy(y[i + j], row, rest[j], 0, rows - row);
            }
            addStrip(group, row * columns, from, to, x, i, rest, 0, 0);
            for (int j = 0; j < group; j++) {
                System.arraycopy(rest[j], 0, y[i + j], row, rows - row);
            }
        }
    }

    /**
     * Adds the products of one strip with up to {@link #MAX_VECTORS} vectors. The other parameters are those of
     * {@link #addStripForEight}.
     *
     * @param count the number of vectors
     * @param stripAt the index of the strip's first weight
     */
    private void addStrip(
            int count, int stripAt, int from, int to, float[][] x, int xFirst, float[][] y, int yFirst, int row) {
        int weightsAt = stripAt + from * STRIP_ROWS;
        if (count > 4) {
            addStripForEight(weightsAt, from, to, x, xFirst, y, yFirst, row, count - 1);
        } else {
            addStripForFour(weightsAt, from, to, x, xFirst, y, yFirst, row, count - 1);
        }
    }

    /**
     * Adds the products of one vector with two strips, which may be the same strip twice.
     *
     * @param weightsAt the index of the first strip's first weight in the order of {@link #strips}
     * @param nextWeightsAt the index of the second strip's first weight
     * @param row the index of the first strip's first row in {@code y}
     * @param nextRow the index of the second strip's first row in {@code y}
     */
    abstract void addTwoStrips(int weightsAt, int nextWeightsAt, float[] x, float[] y, int row, int nextRow);

    /**
     * Adds the products of some columns of one strip with up to eight vectors.
     *
     * @param weightsAt the index of the strip's first weight of column {@code from} in the order of {@link #strips}
     * @param from the first column
     * @param to the column after the last one
     * @param xFirst the index of the first vector in {@code x}
     * @param yFirst the index of the first product in {@code y}
     * @param row the index of the strip's first row in each product
     * @param last the number of vectors minus 1
     */
    abstract void addStripForEight(
            int weightsAt, int from, int to, float[][] x, int xFirst, float[][] y, int yFirst, int row, int last);

    /**
     * Adds the products of some columns of one strip with up to four vectors, with the parameters of
     * {@link #addStripForEight}.
     */
    abstract void addStripForFour(
            int weightsAt, int from, int to, float[][] x, int xFirst, float[][] y, int yFirst, int row, int last);
}
