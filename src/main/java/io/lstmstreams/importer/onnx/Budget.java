package io.lstmstreams.importer.onnx;

import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;

/** How many numbers may be made out of a file's own: in proportion to its size, whatever its graph says. */
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
            throw new Unsupported(file, "its graph computes constants that are much larger than the file");
        }
    }

    /** The product of sizes, taken. */
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
