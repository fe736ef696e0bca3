package io.lstmstreams.kernel;

/**
 * A matrix in blocks of rows, column by column, for loops that the JDK's compiler turns into vector instructions by
 * itself. The compiler vectorises a loop in which all arrays have the same index, from 0 on. Hence each column is an
 * array, and sums are collected in a per-thread array. The compiler cannot vectorise the textbook's sum along a row,
 * because floats that are added in another order give other bits.
 *
 * <p>A row's sum begins with its base and goes along the columns, one product after the other, for one vector as for
 * several. So a single product and a product with several vectors give the same results to the last bit. A multiply-add
 * is two operations here, because {@link Math#fma} is a thousand times slower on a processor without that instruction.
 */
final class PortableMatrix implements Matrix {

    /**
     * The maximum number of rows in a block: its sums for eight vectors and four of its columns, 24 KiB, stay in the L1
     * cache.
     */
    private static final int BLOCK_ROWS = 512;

    /**
     * The maximum number of vectors at a time: four columns are applied to all of them while they are in the L1 cache.
     */
    private static final int MAX_VECTORS = 8;

    private static final ThreadLocal<float[][]> SUMS =
            ThreadLocal.withInitial(() -> new float[MAX_VECTORS][BLOCK_ROWS]);

    private final int rows;
    private final int columns;
    private final float[][][] blocks; // [block][columns, zero-padded to a multiple of 4][rows of the block]

    PortableMatrix(int rows, int columns, float[] weights) {
        this.rows = rows;
        this.columns = columns;
        this.blocks = new float[(rows + BLOCK_ROWS - 1) / BLOCK_ROWS][(columns + 3) / 4 * 4][];
        for (int block = 0; block < blocks.length; block++) {
            for (int k = 0; k < blocks[block].length; k++) {
                blocks[block][k] = column(block * BLOCK_ROWS, k, weights);
            }
        }
    }

    private float[] column(int firstRow, int index, float[] weights) {
        float[] column = new float[Math.min(BLOCK_ROWS, rows - firstRow)];
        for (int row = 0; index < columns && row < column.length; row++) {
            column[row] = weights[(firstRow + row) * columns + index];
        }
        return column;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public void multiply(float[] x, float[] base, int offset, float[] y) {
        float[] sums = SUMS.get()[0];
        for (int block = 0; block < blocks.length; block++) {
            int first = block * BLOCK_ROWS;
            int count = Math.min(BLOCK_ROWS, rows - first);
            System.arraycopy(base, offset + first, sums, 0, count);
            for (int k = 0; k < columns; k += 4) {
                add(blocks[block], k, x, sums);
            }
            System.arraycopy(sums, 0, y, first, count);
        }
    }

    @Override
    public void multiply(int count, float[][] x, float[][] bases, int[] offsets, float[][] y) {
        for (int block = 0; block < blocks.length; block++) {
            for (int i = 0; i < count; i += MAX_VECTORS) {
                multiply(block, i, Math.min(i + MAX_VECTORS, count), x, bases, offsets, y);
            }
        }
    }

    /** Multiplies one block with the vectors {@code from} (inclusive) to {@code to} (exclusive). */
    private void multiply(int block, int from, int to, float[][] x, float[][] bases, int[] offsets, float[][] y) {
        float[][] sums = SUMS.get();
        int first = block * BLOCK_ROWS;
        int count = Math.min(BLOCK_ROWS, rows - first);
        for (int i = from; i < to; i++) {
            System.arraycopy(bases[i], offsets[i] + first, sums[i - from], 0, count);
        }
        for (int k = 0; k < columns; k += 4) {
            for (int i = from; i < to; i++) {
                add(blocks[block], k, x[i], sums[i - from]);
            }
        }
        for (int i = from; i < to; i++) {
            System.arraycopy(sums[i - from], 0, y[i], first, count);
        }
    }

    /** Adds the products of four columns, of which {@code first} is the index of the first. */
    private void add(float[][] block, int first, float[] x, float[] sums) {
        // A padded column is all zeros; x has no element for it.
        float x1 = first + 1 < columns ? x[first + 1] : 0;
        float x2 = first + 2 < columns ? x[first + 2] : 0;
        float x3 = first + 3 < columns ? x[first + 3] : 0;
        add(block[first], block[first + 1], block[first + 2], block[first + 3], x[first], x1, x2, x3, sums);
    }

    /**
     * Adds the products of four columns. With eight columns or a second array of sums, the compiler of JDK 17 or 25 no
     * longer vectorises the loop.
     */
    private static void add(
            float[] w0, float[] w1, float[] w2, float[] w3, float x0, float x1, float x2, float x3, float[] sums) {
        for (int row = 0; row < w0.length; row++) {
            sums[row] = sums[row] + w0[row] * x0 + w1[row] * x1 + w2[row] * x2 + w3[row] * x3;
        }
    }
}
