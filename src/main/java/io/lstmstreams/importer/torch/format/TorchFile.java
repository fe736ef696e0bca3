package io.lstmstreams.importer.torch.format;

import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file written by torch.save. Its content is a tree of {@code Map}, {@code List}, text, numbers, {@link StoredTensor}
 * and {@link PickledObject}; {@link #read} reads the numbers of a tensor. Not thread-safe.
 */
public final class TorchFile implements Closeable {
    private static final int ZIP = 'P' << Byte.SIZE | 'K';
    private static final int PICKLE = 0x80; // the first byte of a pickle of protocol 2 or later
    private static final long MEMORY_PER_BYTE = 8; // float32 of float16, a copy of a view, tied weights
    private static final long SMALL = 1 << 24;

    private final TorchArchive archive;
    private final Path path;
    private final String file;
    private final @Nullable Object root;
    private final Map<String, float[]> storages = new HashMap<>(); // by type and key
    private long memory;

    private TorchFile(TorchArchive archive, Path path, String file, long size) throws IOException {
        this.archive = archive;
        this.path = path;
        this.file = file;
        this.memory = SMALL + MEMORY_PER_BYTE * size;
        this.root = archive.root();
    }

    /**
     * Opens a file and runs its pickle.
     *
     * @param file the file's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is not a file of
     *     torch.save, or names anything that a state_dict does not need
     */
    public static TorchFile open(Path path, String file) {
        return FileReading.read(path, file, () -> {
            long size = Files.size(path);
            int start;
            try (InputStream in = Files.newInputStream(path)) {
                start = in.read() << Byte.SIZE | in.read();
            }
            if (start != ZIP && start >> Byte.SIZE != PICKLE) {
                throw new Malformed(file, "is not a file of torch.save: it must be a zip archive or a pickle");
            }
            TorchArchive archive = start == ZIP ? TorchZip.open(path, file) : TorchLegacy.open(path, file);
            try {
                return new TorchFile(archive, path, file, size);
            } catch (RuntimeException | IOException e) {
                archive.close();
                throw e;
            }
        });
    }

    /** Returns the saved object, which is null for Python's None. */
    public @Nullable Object root() {
        return root;
    }

    /**
     * Returns whether the file holds a TorchScript module, whose parameters are attributes of {@link PickledObject}s.
     */
    public boolean torchScript() {
        return archive.torchScript();
    }

    /**
     * Reads a tensor's numbers.
     *
     * @param name the tensor's name, for errors and for the result
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the numbers are not of a supported floating-point
     *     type, not finite, or not in the file
     */
    public Tensor read(String name, StoredTensor stored) {
        String where = file + ": tensor " + name;
        NumberType type = stored.type()
                .number()
                .orElseThrow(() -> new Unsupported(
                        where,
                        "its numbers must be of type float32, float64, float16 or bfloat16, but are of type "
                                + stored.type().name()));
        check(where, stored);
        float[] values = FileReading.read(path, file, () -> values(where, stored, type));
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new Malformed(where, "element " + i + " must be a finite number, but is " + values[i]);
            }
        }
        return new Tensor(name, stored.shape(), values);
    }

    private static void check(String where, StoredTensor stored) {
        int count = stored.count();
        long elements = stored.elements();
        if (count < 0 || (count > elements && count > SMALL / Float.BYTES)) {
            throw new Malformed(
                    where,
                    "its shape " + stored.shapeText() + " is larger than its storage of " + elements + " elements");
        }
        if (stored.first() < 0 || stored.first() > elements) {
            throw new Malformed(where, "begins outside its storage of " + elements + " elements");
        }
        if (count > 0 && (stored.last() < 0 || stored.last() >= elements)) {
            throw new Malformed(
                    where,
                    "extends past its storage of " + elements + " elements with shape " + stored.shapeText()
                            + " and strides " + Tensor.text(stored.strides()));
        }
        if (elements > Integer.MAX_VALUE - 8) {
            throw new Unsupported(where, "its storage must have fewer than 2^31 elements");
        }
    }

    private float[] values(String where, StoredTensor stored, NumberType type) throws IOException {
        int count = stored.count();
        if (count == 0) {
            return new float[0];
        }
        float[] storage = storage(where, stored, type);
        if (stored.contiguous() && count == storage.length) {
            return storage;
        }
        charge(where, count);
        return gather(stored, storage, count);
    }

    private float[] storage(String where, StoredTensor stored, NumberType type) throws IOException {
        String key = stored.type().name() + " " + stored.storage().key();
        float[] values = storages.get(key);
        if (values == null) {
            charge(where, stored.elements());
            values = archive.floats(stored.storage(), type, (int) stored.elements());
            storages.put(key, values);
        }
        if (values.length != stored.elements()) {
            throw new Malformed(
                    where, "its storage must have " + stored.elements() + " elements, but has " + values.length);
        }
        return values;
    }

    private void charge(String where, long elements) {
        memory -= elements * Float.BYTES;
        if (memory < 0) {
            throw new Malformed(
                    where, "takes more memory, with the tensors before it, than a file of this size can hold");
        }
    }

    /** Copies a view in row-major order. */
    private static float[] gather(StoredTensor stored, float[] storage, int count) {
        long[] shape = stored.shape();
        long[] strides = stored.strides();
        long[] index = new long[shape.length];
        float[] values = new float[count];
        long at = stored.first();
        for (int i = 0; i < count; i++) {
            values[i] = storage[(int) at];
            for (int d = shape.length - 1; d >= 0; d--) {
                at += strides[d];
                if (++index[d] < shape[d]) {
                    break;
                }
                at -= strides[d] * shape[d];
                index[d] = 0;
            }
        }
        return values;
    }

    @Override
    public void close() {
        try {
            archive.close();
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be closed (" + e.getMessage() + ")", e);
        }
    }
}
