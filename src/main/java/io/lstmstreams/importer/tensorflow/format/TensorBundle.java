package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A checkpoint of TensorFlow in format V2: {@code PREFIX.index}, a {@link SortedTable} of what is where, and the bytes of the
 * tensors in {@code PREFIX.data-00000-of-0000N} (TensorFlow's core/util/tensor_bundle). Checksums are checked of all that is
 * read, and nothing is allocated on the index's word alone: sizes are compared with the data files' first.
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
     * @param file what errors call the checkpoint
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if it cannot be read or breaks the format
     */
    public static TensorBundle open(Path prefix, String file) {
        Path index = BundleData.sibling(prefix, ".index", file);
        String where = BundleData.where(file, index);
        Map<String, byte[]> table = SortedTable.read(BundleData.bytes(index, MAX_INDEX, where), where);
        byte[] header = table.remove(HEADER);
        if (header == null) {
            throw new Malformed(where, "has no header");
        }
        BundleData data = data(header, prefix, file, where);
        Map<String, BundleEntry> entries = new LinkedHashMap<>();
        table.forEach((name, proto) -> {
            // The entry of a slice has a key that begins with a zero byte; the entry of the whole names its slices.
            if (!name.startsWith("\0")) {
                entries.put(name, BundleEntry.parse(name, proto, file));
            }
        });
        data.checkExtents(entries.values());
        return new TensorBundle(file, data, entries);
    }

    /** BundleHeaderProto of core/protobuf/tensor_bundle.proto. */
    private static BundleData data(byte[] proto, Path prefix, String file, String where) {
        long shards = 0;
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        ProtoMessage header = new ProtoMessage(proto, where);
        while (header.next()) {
            switch (header.number()) {
                case 1 -> shards = header.value();
                case 2 -> order = header.value() == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
                case 3 -> checkVersion(header.message(), where);
                default -> {} // of a later version, which min_consumer would forbid us if it mattered
            }
        }
        if (shards < 1 || shards > MAX_SHARDS) {
            throw new Malformed(where, "says that it has " + shards + " data files");
        }
        return new BundleData(prefix, file, (int) shards, order);
    }

    private static void checkVersion(ProtoMessage version, String where) {
        while (version.next()) {
            if (version.number() == 2 && version.value() > VERSION) {
                throw new Unsupported(
                        where, "is of version " + version.value() + " of the format, known is " + VERSION);
            }
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
        BundleEntry entry = entries.get(name);
        String where = file + ": tensor " + name;
        NumberType type = entry.type()
                .number()
                .orElseThrow(() -> new Unsupported(
                        where, "its numbers are of type " + entry.type().name() + ", not of floating point"));
        if (entry.sliced()) {
            throw new Unsupported(
                    where, "is a partitioned variable, cut into slices; save it as one (without a partitioner)");
        }
        if (entry.size() / type.bytes() > Integer.MAX_VALUE - 8) {
            throw new Unsupported(where, "has more elements than an array can hold");
        }
        float[] values = data.floats(entry, type, where);
        FiniteNumbers.check(values, where);
        return new Tensor(name, entry.shape(), values);
    }

    /**
     * The names that variables have in their program, by their names here, as far as the file tells them: TensorFlow 2 keeps
     * variables under the paths of the objects that own them.
     */
    public Map<String, String> fullNames() {
        BundleEntry graph = entries.get(ObjectGraph.KEY);
        if (graph == null || !graph.type().name().equals("string") || graph.sliced()) {
            return Map.of();
        }
        String where = file + ": tensor " + ObjectGraph.KEY;
        if (graph.size() > MAX_INDEX) {
            throw new Malformed(where, "is longer than " + MAX_INDEX + " bytes");
        }
        return ObjectGraph.fullNames(data.string(graph, where), entries.keySet(), where);
    }
}
