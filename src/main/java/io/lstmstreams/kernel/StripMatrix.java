package io.lstmstreams.kernel;

/**
 * A matrix of the {@link VectorKernel}, in strips of two vectors of rows. A row's sum begins with its base and goes along
 * the columns, one multiply-add after the other, in a single product as in one with several vectors: so their results are
 * the same to the last bit.
 *
 * <p>A sum must wait for the multiply-add before it, so several run side by side. A single product takes two strips at a
 * time and reads the weights once, which is what it waits for. A product with several vectors takes one strip for eight of
 * them at a time, so that eight multiply-adds share a weight. Where strips or vectors are fewer, the last one stands in
 * for those that are missing: it is computed twice, and written twice with the same result.
 *
 * <p>Thread-safe and free of allocation. Subclasses keep the weights, strip by strip and therein column by column, and do
 * the arithmetic.
 */
abstract class StripMatrix implements Matrix {

    static final int LANES = VectorKernel.lanes();

    /** Rows of a strip. */
    static final int ROWS = 2 * LANES;

    /** Vectors at a time. Twice as many sums must fit the registers: x86 has 16 of them, but 32 of 512 bits; AArch64 has 32. */
    static final int ABREAST = LANES >= 16 || System.getProperty("os.arch").equals("aarch64") ? 8 : 4;

    /** Columns at a time, so that the stretches of eight vectors, 16 KiB, stay in the nearest cache. */
    private static final int COLUMNS = 512;

    /** Of each thread: rows of a last strip that is not full, {@code [ABREAST][ROWS]}. */
    private static final ThreadLocal<float[][]> REST = ThreadLocal.withInitial(() -> new float[ABREAST][ROWS]);

    private final int rows;
    private final int columns;

    StripMatrix(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** {@code weights}, row by row, in the order {@code [strip][columns][ROWS]}; the last strip is padded with zeros. */
    static float[] strips(int rows, int columns, float[] weights) {
        int strips = (rows + ROWS - 1) / ROWS;
        float[] packed = new float[Math.multiplyExact(strips * ROWS, columns)];
        for (int row = 0; row < rows; row++) {
            int first = row / ROWS * ROWS * columns + row % ROWS;
            for (int k = 0; k < columns; k++) {
                packed[first + k * ROWS] = weights[row * columns + k];
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
        begin(base, offset, y);
        int whole = rows - rows % ROWS;
        for (int row = 0; row < whole; row += 2 * ROWS) {
            int next = Math.min(row + ROWS, whole - ROWS);
            two(row * columns, next * columns, x, y, row, next);
        }
        if (whole < rows) {
            float[] rest = REST.get()[0];
            System.arraycopy(y, whole, rest, 0, rows - whole);
            two(whole * columns, whole * columns, x, rest, 0, 0);
            System.arraycopy(rest, 0, y, whole, rows - whole);
        }
    }

    @Override
    public final void multiply(int count, float[][] x, float[][] bases, int[] offsets, float[][] y) {
        int many = count % ABREAST == 1 ? count - 1 : count;
        for (int i = 0; i < many; i++) {
            begin(bases[i], offsets[i], y[i]);
        }
        for (int from = 0; from < columns; from += COLUMNS) {
            multiply(many, from, Math.min(from + COLUMNS, columns), x, y);
        }
        if (many < count) {
            multiply(x[many], bases[many], offsets[many], y[many]);
        }
    }

    /** Every sum begins with its base. */
    private void begin(float[] base, int offset, float[] y) {
        if (base != y || offset > 0) {
            System.arraycopy(base, offset, y, 0, rows);
        }
    }

    /** Adds the columns {@code from} to {@code to} to all rows of {@code y}. */
    private void multiply(int count, int from, int to, float[][] x, float[][] y) {
        int row = 0;
        for (; row <= rows - ROWS; row += ROWS) {
            for (int i = 0; i < count; i += ABREAST) {
                some(Math.min(count - i, ABREAST), row * columns, from, to, x, i, y, i, row);
            }
        }
        for (int i = 0; i < count && row < rows; i += ABREAST) {
            int some = Math.min(count - i, ABREAST);
            float[][] rest = REST.get();
            for (int j = 0; j < some; j++) {
                System.arraycopy(y[i + j], row, rest[j], 0, rows - row);
            }
            some(some, row * columns, from, to, x, i, rest, 0, 0);
            for (int j = 0; j < some; j++) {
                System.arraycopy(rest[j], 0, y[i + j], row, rows - row);
            }
        }
    }

    /** One strip, whose weights begin at {@code strip}, and a few vectors; the other parameters are {@link #eight}'s. */
    private void some(int count, int strip, int from, int to, float[][] x, int i, float[][] y, int j, int row) {
        int w = strip + from * ROWS;
        if (count > 4) {
            eight(w, from, to, x, i, y, j, row, count - 1);
        } else {
            four(w, from, to, x, i, y, j, row, count - 1);
        }
    }

    /**
     * Adds the products of one vector with two strips, which may be one and the same.
     *
     * @param w where the weights of the one strip begin, of those that {@link #strips} packed
     * @param v where the weights of the other begin
     * @param row the one strip's first row in {@code y}
     * @param nextRow the other's
     */
    abstract void two(int w, int v, float[] x, float[] y, int row, int nextRow);

    /**
     * Adds the products of one strip with up to eight vectors, from a column on.
     *
     * @param w where the weights of column {@code from} begin, of those that {@link #strips} packed
     * @param i the first vector's place in {@code x}
     * @param j its place in {@code y}
     * @param row the strip's first row in {@code y}
     * @param last the number of vectors less one
     */
    abstract void eight(int w, int from, int to, float[][] x, int i, float[][] y, int j, int row, int last);

    /** As {@link #eight}, with up to four. */
    abstract void four(int w, int from, int to, float[][] x, int i, float[][] y, int j, int row, int last);
}
