package io.lstmstreams.importer.torch.format;

import io.lstmstreams.importer.bytes.Numbers;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A torch.save file before PyTorch 1.6, or with {@code _use_new_zipfile_serialization=False}: pickles of a magic
 * number, a protocol version, the machine's properties, the object, and the storages' keys; then for each key the
 * number of elements as a little-endian int64 and the elements (pytorch/torch/serialization.py, {@code _legacy_save}).
 */
final class TorchLegacy implements TorchArchive {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long PROTOCOL = 1001;

    private final FileChannel channel;
    private final String file;
    private final long size;
    private final Map<String, Long> storages = new HashMap<>(); // positions of the storages' counts of elements
    private final Map<String, StoredTensor.Storage> known = new HashMap<>();

    private TorchLegacy(FileChannel channel, String file, long size) {
        this.channel = channel;
        this.file = file;
        this.size = size;
    }

    static TorchLegacy open(Path path, String file) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        return new TorchLegacy(channel, file, channel.size());
    }

    @Override
    public boolean torchScript() {
        return false;
    }

    @Override
    @SuppressWarnings("resource") // closing the stream would close the channel, which is closed at the end
    public @Nullable Object root() throws IOException {
        InputStream stream = new BufferedInputStream(Channels.newInputStream(channel.position(0)));
        PickleInput in = new PickleInput(stream, file, size);
        TorchGlobals globals = new TorchGlobals(file, false) {
            @Override
            StoredTensor.Storage persistent(@Nullable Object id) {
                StoredTensor.Storage storage = super.persistent(id);
                known.put(storage.key(), storage);
                return storage;
            }
        };
        if (!MAGIC.equals(load(in, globals)) || !Long.valueOf(PROTOCOL).equals(load(in, globals))) {
            throw new Unsupported(file, "is a pickle, but was not written by torch.save");
        }
        if (load(in, globals) instanceof Map<?, ?> machine && Boolean.FALSE.equals(machine.get("little_endian"))) {
            throw new Unsupported(file, "was written on a big-endian machine, which is not supported");
        }
        Object root = load(in, globals);
        if (!(load(in, globals) instanceof List<?> keys)) {
            throw new Malformed(file, "must list its storages, but does not");
        }
        locate(keys, in.at());
        return root;
    }

    private @Nullable Object load(PickleInput in, TorchGlobals globals) throws IOException {
        return new Unpickler(in, file, globals).load();
    }

    private void locate(List<?> keys, long from) {
        long at = from;
        for (Object key : keys) {
            StoredTensor.Storage storage = key instanceof String ? known.get(key) : null;
            if (storage == null) {
                throw new Malformed(file, "lists a storage that no tensor uses");
            }
            storages.put(storage.key(), at);
            long bytes = storage.elements() * storage.type().bytes();
            if (bytes > size - at - Long.BYTES) {
                throw new Malformed(
                        file + ": storage " + key,
                        "ends at byte " + (at + Long.BYTES + bytes) + ", after the end of the file");
            }
            at += Long.BYTES + bytes;
        }
    }

    @Override
    @SuppressWarnings("resource") // as above
    public float[] floats(StoredTensor.Storage storage, NumberType type, int count) throws IOException {
        Long at = storages.get(storage.key());
        if (at == null) {
            throw new Malformed(file, "storage " + storage.key() + " is missing from the file");
        }
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel.position(at)));
        long elements = ByteBuffer.wrap(in.readNBytes(Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (elements != storage.elements()) {
            throw new Malformed(
                    file + ": storage " + storage.key(),
                    "must have " + storage.elements() + " elements, but has " + elements);
        }
        return Numbers.floats(in, type, ByteOrder.LITTLE_ENDIAN, count);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
