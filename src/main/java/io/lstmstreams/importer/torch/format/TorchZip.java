package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A torch.save file since PyTorch 1.6: a zip archive with {@code NAME/data.pkl}, {@code NAME/data/KEY} for each storage and
 * {@code NAME/byteorder} (pytorch/caffe2/serialize/inline_container.h). Entries are inflated in memory, up to a bound.
 */
final class TorchZip implements TorchArchive {
    private static final String PICKLE = "data.pkl";
    private static final int MAX_PICKLE = 1 << 25; // a pickle describes a tensor in about 100 bytes
    private static final int MAX_ENTRIES = 100_000; // one for each tensor
    private static final long MAX_RATIO = 16; // PyTorch does not compress, and weights hardly shrink
    private static final long SMALL = 1 << 20;

    private final ZipFile zip;
    private final String file;
    private final Map<String, ZipEntry> entries = new HashMap<>();
    private String root = "";

    private TorchZip(ZipFile zip, String file) {
        this.zip = zip;
        this.file = file;
    }

    static TorchZip open(Path path, String file) throws IOException {
        ZipFile zip = null;
        try {
            zip = new ZipFile(path.toFile());
            TorchZip archive = new TorchZip(zip, file);
            archive.index();
            return archive;
        } catch (ModelFileException | IOException e) {
            close(zip);
            throw e;
        } catch (RuntimeException e) { // thrown by the library for malformed names and fields
            close(zip);
            throw new Malformed(file, "its zip directory is broken (" + e.getMessage() + ")");
        }
    }

    private static void close(ZipFile zip) throws IOException {
        if (zip != null) {
            zip.close();
        }
    }

    private void index() throws IOException {
        if (zip.size() > MAX_ENTRIES) {
            throw new Unsupported(file, "must have at most " + MAX_ENTRIES + " zip entries, but has " + zip.size());
        }
        String pickle = null;
        for (ZipEntry entry : Collections.list(zip.entries())) {
            String name = entry.getName();
            if (entries.put(name, entry) != null) {
                throw new Malformed(file + ": zip entry " + name, "occurs twice");
            }
            if (name.equals(PICKLE) || (name.endsWith("/" + PICKLE) && name.indexOf('/') == name.lastIndexOf('/'))) {
                if (pickle != null) {
                    throw new Malformed(file, "contains two pickles, " + pickle + " and " + name);
                }
                pickle = name;
            }
        }
        if (pickle == null) {
            throw new Unsupported(file, "is a zip archive without data.pkl, so it was not written by torch.save");
        }
        root = pickle.substring(0, pickle.length() - PICKLE.length());
        ZipEntry order = entries.get(root + "byteorder");
        if (order != null && !new String(bytes(order, 64), StandardCharsets.UTF_8).equals("little")) {
            throw new Unsupported(file, "its byteorder must be little, which is the only supported one");
        }
    }

    @Override
    public boolean torchScript() {
        return entries.containsKey(root + "constants.pkl");
    }

    @Override
    public Object root() throws IOException {
        byte[] pickle = bytes(entries.get(root + PICKLE), MAX_PICKLE);
        PickleInput in = new PickleInput(new ByteArrayInputStream(pickle), file, pickle.length);
        return new Unpickler(in, file, new TorchGlobals(file, torchScript())).load();
    }

    private byte[] bytes(ZipEntry entry, int limit) throws IOException {
        try (CheckedInputStream in = open(entry)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new Malformed(
                        file + ": zip entry " + entry.getName(), "must have at most " + limit + " bytes, but has more");
            }
            check(entry, in, bytes.length);
            return bytes;
        }
    }

    @Override
    public float[] floats(StoredTensor.Storage storage, StorageType type, int count) throws IOException {
        ZipEntry entry = entries.get(root + "data/" + storage.key());
        if (entry == null) {
            throw new Malformed(file, "storage " + storage.key() + " is missing from the archive");
        }
        long bytes = storage.elements() * storage.type().bytes();
        if (entry.getSize() < bytes || entry.getSize() - bytes >= Long.BYTES) {
            throw new Malformed(
                    file + ": storage " + storage.key(), "must have " + bytes + " bytes, but has " + entry.getSize());
        }
        if (bytes > SMALL && bytes / MAX_RATIO > entry.getCompressedSize()) {
            throw new Malformed(
                    file + ": storage " + storage.key(),
                    "would inflate from " + entry.getCompressedSize() + " to " + bytes + " bytes, which is more than "
                            + MAX_RATIO + " times");
        }
        try (CheckedInputStream in = open(entry)) {
            float[] values = TorchArchive.decode(in, type.number(), count);
            long rest = entry.getSize() - (long) count * type.bytes();
            in.skipNBytes(rest);
            check(entry, in, entry.getSize());
            return values;
        } catch (EOFException e) {
            throw new Malformed(file + ": storage " + storage.key(), "has fewer bytes than the archive states");
        }
    }

    private CheckedInputStream open(ZipEntry entry) throws IOException {
        InputStream in = zip.getInputStream(entry);
        if (in == null) {
            throw new Malformed(file + ": zip entry " + entry.getName(), "is not at the place that the archive states");
        }
        return new CheckedInputStream(in, new CRC32());
    }

    /** Checks the length and the checksum of the bytes read; a checksum of 0 means that PyTorch did not compute it. */
    private void check(ZipEntry entry, CheckedInputStream in, long length) throws IOException {
        boolean damaged =
                entry.getCrc() != 0 && entry.getCrc() != in.getChecksum().getValue();
        if (damaged || length != entry.getSize() || in.read() >= 0) {
            throw new Malformed(
                    file + ": zip entry " + entry.getName(),
                    "its length or checksum differs from the archive's directory");
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
