package io.lstmstreams.kernel;

/**
 * A matrix in blocks of rows, column by column, for loops that the JDK's compiler turns into vector instructions by itself.
 * It does so where every array of a loop has the same index from 0 on; hence a column is an array, and sums are
 * collected in a per-thread array. A sum along a row, as the textbooks have it, it must leave alone: floats added in another
 * order give other bits.
 *
 * <p>A row's sum begins with its base and goes along the columns, one product after the other, however many vectors there
 * are: so the results of a single product and of one with several vectors are the same to the last bit. Multiply-adds are
 * two operations here, because {@link Math#fma} is a thousand times slower on a processor that has none.
 */
final class PortableMatrix implements Matrix {

    /** Rows of a block at most: a block's sums of eight vectors and four of its columns, 24 KiB, stay in the nearest cache. */
    private static final int ROWS = 512;

    /** Vectors at a time, to which four columns are applied while they are in the nearest cache. */
    private static final int ABREAST = 8;

    private static final ThreadLocal<float[][]> SUMS = ThreadLocal.withInitial(() -> new float[ABREAST][ROWS]);

    private final int rows;
    private final int columns;
    private final float[][][] blocks; // [block][columns, and zeros up to a multiple of 4][rows of the block]

    PortableMatrix(int rows, int columns, float[] weights) {
        this.rows = rows;
        this.columns = columns;
        this.blocks = new float[(rows + ROWS - 1) / ROWS][(columns + 3) / 4 * 4][];
        for (int block = 0; block < blocks.length; block++) {
            for (int k = 0; k < blocks[block].length; k++) {
                blocks[block][k] = column(block * ROWS, k, weights);
            }
        }
    }

    private float[] column(int first, int k, float[] weights) {
        float[] column = new float[Math.min(ROWS, rows - first)];
        for (int row = 0; k < columns && row < column.length; row++) {
            column[row] = weights[(first + row) * columns + k];
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
            int first = block * ROWS;
            int count = Math.min(ROWS, rows - first);
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
            for (int i = 0; i < count; i += ABREAST) {
                multiply(block, i, Math.min(i + ABREAST, count), x, bases, offsets, y);
            }
        }
    }

    /** One block and the vectors from {@code from} to {@code to}. */
    private void multiply(int block, int from, int to, float[][] x, float[][] bases, int[] offsets, float[][] y) {
        float[][] sums = SUMS.get();
        int first = block * ROWS;
        int count = Math.min(ROWS, rows - first);
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

    /** Adds the products of four columns, from k on. */
    private void add(float[][] block, int k, float[] x, float[] sums) {
        float x1 = k + 1 < columns ? x[k + 1] : 0;
        float x2 = k + 2 < columns ? x[k + 2] : 0;
        float x3 = k + 3 < columns ? x[k + 3] : 0;
        add(block[k], block[k + 1], block[k + 2], block[k + 3], x[k], x1, x2, x3, sums);
    }

    /** More columns at a time, or a second array of sums, and the compiler of some JDKs gives up. */
    private static void add(
            float[] w0, float[] w1, float[] w2, float[] w3, float x0, float x1, float x2, float x3, float[] sums) {
        for (int row = 0; row < w0.length; row++) {
            sums[row] = sums[row] + w0[row] * x0 + w1[row] * x1 + w2[row] * x2 + w3[row] * x3;
        }
    }
}
