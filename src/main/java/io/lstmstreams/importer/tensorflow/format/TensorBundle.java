package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.importer.bytes.ProtobufInput;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A checkpoint of TensorFlow in format V2: {@code PREFIX.index}, a {@link SortedTable} of the tensors' places, and the
 * bytes of the tensors in {@code PREFIX.data-00000-of-0000N} (TensorFlow's core/util/tensor_bundle). All checksums are
 * checked, and every size in the index is compared with the data files' sizes before memory is allocated.
 */
public final class TensorBundle implements VariableFile {
    private static final String HEADER = ""; // the key of the header
    private static final int VERSION = 1;
    private static final int MAX_INDEX = 16 << 20; // an index describes a tensor in about 60 bytes
    private static final int MAX_SHARDS = 99_999;

    private final String file;
    private final BundleData data;
    private final Map<String, BundleEntry> entries;

    private TensorBundle(String file, BundleData data, Map<String, BundleEntry> entries) {
        this.file = file;
        this.data = data;
        this.entries = entries;
    }

    /**
     * Reads the index.
     *
     * @param prefix the paths of the files up to {@code .index} and {@code .data-}
     * @param file the checkpoint's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the index cannot be read or is malformed
     */
    public static TensorBundle open(Path prefix, String file) {
        Path index = BundleData.sibling(prefix, ".index", file);
        String where = BundleData.where(file, index);
        Map<String, byte[]> table = SortedTable.read(BundleData.bytes(index, MAX_INDEX, where), where);
        byte[] header = table.remove(HEADER);
        if (header == null) {
            throw new Malformed(where, "must have a header, but has none");
        }
        BundleData data = ProtobufInput.read(header, where, in -> data(in, prefix, file, where));
        Map<String, BundleEntry> entries = new LinkedHashMap<>();
        table.forEach((name, proto) -> {
            // The entry of a slice has a key that begins with a zero byte; the entry of the whole tensor names its
            // slices.
            if (!name.startsWith("\0")) {
                entries.put(name, BundleEntry.parse(name, proto, file));
            }
        });
        data.checkExtents(entries.values());
        return new TensorBundle(file, data, entries);
    }

    /** Reads the BundleHeaderProto of core/protobuf/tensor_bundle.proto. */
    private static BundleData data(ProtobufInput in, Path prefix, String file, String where) throws IOException {
        long shards = 0;
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> shards = in.integer();
                case 2 -> order = in.integer() == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
                case 3 -> checkVersion(in.message(TensorBundle::minimumVersion), where);
                default -> {} // of a later version; min_consumer would refuse this reader if the field mattered
            }
        }
        if (shards < 1 || shards > MAX_SHARDS) {
            throw new Malformed(where, "must have 1 to " + MAX_SHARDS + " data files, but states " + shards);
        }
        return new BundleData(prefix, file, (int) shards, order);
    }

    /** Returns the oldest version of a reader that can read the file (min_consumer of VersionDef). */
    private static long minimumVersion(ProtobufInput in) throws IOException {
        long version = 0;
        while (in.next()) {
            if (in.field() == 2) {
                version = in.integer();
            }
        }
        return version;
    }

    private static void checkVersion(long version, String where) {
        if (version > VERSION) {
            throw new Unsupported(where, "must have version " + VERSION + " of the format, but has version " + version);
        }
    }

    @Override
    public Map<String, Variable> variables() {
        Map<String, Variable> variables = new LinkedHashMap<>();
        entries.forEach((name, entry) -> variables.put(
                name,
                new Variable(
                        name,
                        entry.shape(),
                        entry.type().name(),
                        entry.type().number().isPresent())));
        return Collections.unmodifiableMap(variables);
    }

    @Override
    public Tensor tensor(String name) {
        String where = file + ": tensor " + name;
        BundleEntry entry = entries.get(name);
        if (entry == null) {
            throw new Malformed(where, "does not exist");
        }
        NumberType type = entry.type()
                .number()
                .orElseThrow(() -> new Unsupported(
                        where,
                        "its numbers must be of a floating-point type, but are of type "
                                + entry.type().name()));
        if (entry.sliced()) {
            throw new Unsupported(
                    where, "is a partitioned variable, which is not supported; save it without a partitioner");
        }
        if (entry.size() / type.bytes() > Integer.MAX_VALUE - 8) {
            throw new Unsupported(where, "must have fewer than 2^31 elements");
        }
        float[] values = data.floats(entry, type, where);
        FiniteNumbers.check(values, where);
        return new Tensor(name, entry.shape(), values);
    }

    /**
     * Returns the variables' names in their program by their names in the file, as far as the file states them:
     * TensorFlow 2 stores variables under the paths of the objects that own them.
     */
    public Map<String, String> fullNames() {
        BundleEntry graph = entries.get(ObjectGraph.KEY);
        if (graph == null || !graph.type().name().equals("string") || graph.sliced()) {
            return Map.of();
        }
        String where = file + ": tensor " + ObjectGraph.KEY;
        if (graph.size() > MAX_INDEX) {
            throw new Malformed(where, "must have at most " + MAX_INDEX + " bytes, but has " + graph.size());
        }
        return ObjectGraph.fullNames(data.string(graph, where), entries.keySet(), where);
    }
}
