package io.lstmstreams.importer.torch.format;

import io.lstmstreams.importer.bytes.Numbers;
import io.lstmstreams.importer.bytes.ZipArchive;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A torch.save file since PyTorch 1.6: a zip archive with {@code NAME/data.pkl}, {@code NAME/data/KEY} for each storage
 * and {@code NAME/byteorder} (pytorch/caffe2/serialize/inline_container.h).
 */
final class TorchZip implements TorchArchive {
    private static final String PICKLE = "data.pkl";
    private static final int MAX_PICKLE = 1 << 25; // a pickle describes a tensor in about 100 bytes

    /**
     * One entry for each tensor. PyTorch does not compress, weights hardly shrink, and some versions write no
     * checksums.
     */
    private static final ZipArchive.Limits LIMITS = new ZipArchive.Limits(100_000, 16, true);

    private final ZipArchive zip;
    private final String file;
    private final String root; // the folder in the archive, with a slash at its end, or an empty text

    private TorchZip(ZipArchive zip, String file, String root) {
        this.zip = zip;
        this.file = file;
        this.root = root;
    }

    static TorchZip open(Path path, String file) throws IOException {
        ZipArchive zip = ZipArchive.open(path, file, LIMITS);
        try {
            TorchZip archive = new TorchZip(zip, file, root(zip, file));
            archive.checkByteOrder();
            return archive;
        } catch (RuntimeException | IOException e) {
            zip.close();
            throw e;
        }
    }

    private static String root(ZipArchive zip, String file) {
        List<String> pickles = zip.names().stream()
                .filter(name -> name.equals(PICKLE)
                        || (name.endsWith("/" + PICKLE) && name.indexOf('/') == name.lastIndexOf('/')))
                .toList();
        if (pickles.isEmpty()) {
            throw new Unsupported(file, "is a zip archive without data.pkl, so it was not written by torch.save");
        }
        if (pickles.size() > 1) {
            throw new Malformed(file, "contains two pickles, " + pickles.get(0) + " and " + pickles.get(1));
        }
        return pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
    }

    private void checkByteOrder() throws IOException {
        Optional<ZipArchive.Entry> order = entry("byteorder");
        if (order.isPresent() && !new String(order.get().bytes(64), StandardCharsets.UTF_8).equals("little")) {
            throw new Unsupported(file, "its byteorder must be little, which is the only supported one");
        }
    }

    private Optional<ZipArchive.Entry> entry(String name) {
        return zip.entry(root + name, file + ": zip entry " + root + name);
    }

    @Override
    public boolean torchScript() {
        return entry("constants.pkl").isPresent();
    }

    @Override
    public @Nullable Object root() throws IOException {
        byte[] pickle = entry(PICKLE).orElseThrow().bytes(MAX_PICKLE);
        PickleInput in = new PickleInput(new ByteArrayInputStream(pickle), file, pickle.length);
        return new Unpickler(in, file, new TorchGlobals(file, torchScript())).load();
    }

    @Override
    public float[] floats(StoredTensor.Storage storage, NumberType type, int count) throws IOException {
        String where = file + ": storage " + storage.key();
        ZipArchive.Entry entry = zip.entry(root + "data/" + storage.key(), where)
                .orElseThrow(() -> new Malformed(file, "storage " + storage.key() + " is missing from the archive"));
        long bytes = storage.elements() * storage.type().bytes();
        if (entry.size() < bytes || entry.size() - bytes >= Long.BYTES) {
            throw new Malformed(where, "must have " + bytes + " bytes, but has " + entry.size());
        }
        return entry.read(in -> Numbers.floats(in, type, ByteOrder.LITTLE_ENDIAN, count));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
