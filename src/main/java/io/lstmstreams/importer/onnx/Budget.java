package io.lstmstreams.importer.onnx;

import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;

/** A bound on the numbers that constants of a graph may take, proportional to the file's size. */
final class Budget {
    private static final long BASE = 4_000_000;

    private final String file;
    private long left;

    Budget(String file, long bytes) {
        this.file = file;
        this.left = BASE + 2 * bytes;
    }

    void take(long numbers) {
        left -= numbers;
        if (numbers < 0 || left < 0) {
            throw new Unsupported(
                    file, "the constants that its graph computes must not be much larger than the file, but are");
        }
    }

    /** Takes the product of sizes and returns it. */
    int take(int... dims) {
        long count = 1;
        for (int dim : dims) {
            count *= dim;
            if (dim < 0 || count > Integer.MAX_VALUE) {
                take(Long.MAX_VALUE);
            }
        }
        take(count);
        return (int) count;
    }
}
