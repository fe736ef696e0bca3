package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A file of named arrays written by {@code numpy.savez}: a zip, stored or deflated, with one {@code NAME.npy} for each array
 * (numpy.org/doc, numpy.lib.format). Arrays of Python objects are pickles and never read. The sum of all arrays is bounded by a
 * multiple of the file's size, because trained weights hardly deflate.
 */
public final class Npz implements VariableFile {
    private static final String SUFFIX = ".npy";
    private static final int MAX_ENTRIES = 20_000;
    private static final int CHUNK = 1 << 16;
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
        if (Files.isDirectory(path)) {
            throw new Inaccessible(file, "is a folder, not a file", null);
        }
        try {
            Npz npz = new Npz(path, file, Files.size(path));
            npz.reading(zip -> {
                if (zip.size() > MAX_ENTRIES) {
                    throw new Malformed(file, "must have at most " + MAX_ENTRIES + " arrays, but has " + zip.size());
                }
                for (ZipEntry entry : Collections.list(zip.entries())) {
                    npz.readHeader(zip, entry);
                }
            });
            return npz;
        } catch (NoSuchFileException e) {
            throw new Inaccessible(file, "does not exist", e);
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private void readHeader(ZipFile zip, ZipEntry entry) throws IOException {
        if (!entry.getName().endsWith(SUFFIX)) {
            throw new Unsupported(file + ": entry " + entry.getName(), "must be a NumPy array (NAME.npy)");
        }
        String name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
        String where = file + ": array " + name;
        try (InputStream in = zip.getInputStream(entry)) {
            NpyHeader header = NpyHeader.read(in, where);
            if (headers.put(name, header) != null) {
                throw new Malformed(where, "occurs twice");
            }
            if (header.numberType().isPresent()) {
                long bytes = header.numberType().get().bytes();
                long count = header.count(left, where);
                left -= count;
                if (entry.getSize() != header.bytes() + count * bytes) {
                    throw new Malformed(
                            where,
                            "its shape " + Tensor.text(header.shape()) + " takes " + count * bytes
                                    + " bytes, but the zip holds " + (entry.getSize() - header.bytes()));
                }
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
        NpyHeader header = headers.get(name);
        String where = file + ": array " + name;
        NumberType type = header.numberType()
                .orElseThrow(() -> new Unsupported(
                        where, "its numbers must be of a floating-point type, but are of type " + header.type()));
        long count = header.count(Long.MAX_VALUE, where); // checked when the header was read
        if (count > Integer.MAX_VALUE - 8) {
            throw new Unsupported(where, "must have fewer than 2^31 elements, but has " + count);
        }
        float[] values = new float[(int) count];
        reading(zip -> fill(values, zip, zip.getEntry(name + SUFFIX), type, header, where));
        FiniteNumbers.check(values, where);
        return new Tensor(name, header.shape(), header.columnMajor() ? rowMajor(values, header.shape()) : values);
    }

    private static void fill(
            float[] values, ZipFile zip, ZipEntry entry, NumberType type, NpyHeader header, String where)
            throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
            in.skipNBytes(header.bytes());
            for (int i = 0; i < values.length; ) {
                int count = Math.min(values.length - i, CHUNK / type.bytes());
                byte[] bytes = in.readNBytes(count * type.bytes());
                if (bytes.length < count * type.bytes()) {
                    throw new Malformed(where, "is truncated");
                }
                ByteBuffer numbers = ByteBuffer.wrap(bytes).order(header.order());
                for (int last = i + count; i < last; i++) {
                    values[i] = type.read(numbers);
                }
            }
            if (in.read() >= 0) {
                throw new Malformed(where, "is longer than its shape");
            }
        }
        if (crc.getValue() != entry.getCrc()) {
            throw new Malformed(where, "its checksum is wrong: the file is damaged");
        }
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

    private interface Reading {
        void from(ZipFile zip) throws IOException;
    }

    private void reading(Reading reading) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            reading.from(zip);
        } catch (ZipException | IllegalArgumentException e) { // thrown by older JDKs for malformed names
            throw new Malformed(file, "is not a valid zip archive (" + e.getMessage() + ")");
        } catch (EOFException e) {
            throw new Malformed(file, "is truncated");
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
