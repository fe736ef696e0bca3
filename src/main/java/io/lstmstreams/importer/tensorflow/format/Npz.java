package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.importer.bytes.Numbers;
import io.lstmstreams.importer.bytes.ZipArchive;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of named arrays written by {@code numpy.savez}: a zip, stored or deflated, with one {@code NAME.npy} for each
 * array (numpy.org/doc, numpy.lib.format). Arrays of Python objects are pickles and never read. The sum of all arrays
 * is bounded by a multiple of the file's size, because trained weights hardly deflate.
 */
public final class Npz implements VariableFile {
    private static final String SUFFIX = ".npy";
    private static final ZipArchive.Limits LIMITS = new ZipArchive.Limits(20_000, Integer.MAX_VALUE, false);
    private static final long INFLATED_FREE = 16L << 20; // allowed for a file of any size
    private static final int INFLATED_TIMES = 8; // weights hardly deflate, except those of a pruned network

    private final Path path;
    private final String file;
    private long left; // numbers that may still be read
    private final Map<String, NpyHeader> headers = new LinkedHashMap<>();

    private Npz(Path path, String file, long size) {
        this.path = path;
        this.file = file;
        this.left = (INFLATED_FREE + INFLATED_TIMES * size) / Float.BYTES;
    }

    /**
     * Reads the headers of all arrays.
     *
     * @param file the file's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read or is malformed
     */
    public static Npz open(Path path, String file) {
        return FileReading.read(path, file, () -> {
            try (ZipArchive zip = ZipArchive.open(path, file, LIMITS)) {
                Npz npz = new Npz(path, file, Files.size(path));
                for (String entry : zip.names()) {
                    npz.readHeader(zip, entry);
                }
                return npz;
            }
        });
    }

    private void readHeader(ZipArchive zip, String entryName) throws IOException {
        if (!entryName.endsWith(SUFFIX)) {
            throw new Unsupported(file + ": entry " + entryName, "must be a NumPy array (NAME.npy)");
        }
        String name = entryName.substring(0, entryName.length() - SUFFIX.length());
        String where = file + ": array " + name;
        ZipArchive.Entry entry = zip.entry(entryName, where).orElseThrow();
        NpyHeader header = entry.readStart(in -> NpyHeader.read(in, where));
        headers.put(name, header);
        if (header.numberType().isPresent()) {
            long bytes = header.numberType().get().bytes();
            long count = header.count(left, where);
            left -= count;
            if (entry.size() != header.bytes() + count * bytes) {
                throw new Malformed(
                        where,
                        "its shape " + Tensor.text(header.shape()) + " takes " + count * bytes
                                + " bytes, but the zip holds " + (entry.size() - header.bytes()));
            }
        }
    }

    @Override
    public Map<String, Variable> variables() {
        Map<String, Variable> variables = new LinkedHashMap<>();
        headers.forEach((name, header) -> variables.put(
                name,
                new Variable(
                        name, header.shape(), header.type(), header.numberType().isPresent())));
        return Collections.unmodifiableMap(variables);
    }

    @Override
    public Tensor tensor(String name) {
        String where = file + ": array " + name;
        NpyHeader header = headers.get(name);
        if (header == null) {
            throw new Malformed(where, "does not exist");
        }
        NumberType type = header.numberType()
                .orElseThrow(() -> new Unsupported(
                        where, "its numbers must be of a floating-point type, but are of type " + header.type()));
        long count = header.count(Long.MAX_VALUE, where); // checked when the header was read
        if (count > Integer.MAX_VALUE - 8) {
            throw new Unsupported(where, "must have fewer than 2^31 elements, but has " + count);
        }
        float[] values = floats(name, where, header, type, (int) count);
        FiniteNumbers.check(values, where);
        return new Tensor(name, header.shape(), header.columnMajor() ? rowMajor(values, header.shape()) : values);
    }

    private float[] floats(String name, String where, NpyHeader header, NumberType type, int count) {
        return FileReading.read(path, file, () -> {
            try (ZipArchive zip = ZipArchive.open(path, file, LIMITS)) {
                return zip.entry(name + SUFFIX, where).orElseThrow().read(in -> {
                    in.skipNBytes(header.bytes());
                    return Numbers.floats(in, type, header.order(), count);
                });
            }
        });
    }

    /** Reorders numbers so that the last instead of the first dimension varies fastest. */
    private static float[] rowMajor(float[] columnMajor, long... shape) {
        float[] result = new float[columnMajor.length];
        int[] index = new int[shape.length];
        for (float value : columnMajor) {
            int at = 0;
            for (int dimension = 0; dimension < shape.length; dimension++) {
                at = at * (int) shape[dimension] + index[dimension];
            }
            result[at] = value;
            for (int dimension = 0; dimension < shape.length && ++index[dimension] == shape[dimension]; dimension++) {
                index[dimension] = 0;
            }
        }
        return result;
    }
}
