package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.keras.format.Hdf5;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Archives with the ending {@code .keras}: a zip of {@code config.json}, {@code metadata.json} and {@code model.weights.h5}
 * (keras.io, "Save, serialize, and export models"). Entries are read into memory and never extracted; an entry that would inflate
 * far beyond its size in the archive is refused.
 */
final class KerasArchive {
    private static final String CONFIG = "config.json";
    private static final String METADATA = "metadata.json";
    private static final String WEIGHTS = "model.weights.h5";
    private static final int MAX_JSON = 1 << 24;
    private static final int FREE_BYTES = 1 << 20;
    private static final int MAX_EXPANSION = 32;

    private final ZipFile zip;
    private final String file;
    private final Map<String, ZipEntry> entries;

    private KerasArchive(ZipFile zip, String file, Map<String, ZipEntry> entries) {
        this.zip = zip;
        this.file = file;
        this.entries = entries;
    }

    static KerasFile read(Path path, String file) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            return new KerasArchive(zip, file, entries(zip, file)).read();
        } catch (ZipException e) {
            throw new Malformed(file, "is not a readable zip archive (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be read (" + e.getMessage() + ")", e);
        } catch (IllegalArgumentException | UnsupportedOperationException e) { // malformed names
            throw new Malformed(file, "is not a readable zip archive (" + e.getMessage() + ")");
        }
    }

    private static Map<String, ZipEntry> entries(ZipFile zip, String file) {
        Map<String, ZipEntry> entries = new HashMap<>();
        zip.stream().forEach(entry -> {
            if (entries.put(entry.getName(), entry) != null) {
                throw new Malformed(file, "has the entry " + entry.getName() + " twice");
            }
        });
        return entries;
    }

    private KerasFile read() throws IOException {
        ObjectNode config = KerasJson.parse(bytes(CONFIG, MAX_JSON), file + ": " + CONFIG);
        JsonNode version = entries.containsKey(METADATA)
                ? KerasJson.parse(bytes(METADATA, MAX_JSON), file + ": " + METADATA)
                        .path("keras_version")
                : config.path("keras_version");
        byte[] weights = bytes(WEIGHTS, Integer.MAX_VALUE);
        Hdf5Group root = Hdf5.read(ByteBuffer.wrap(weights), file + ": " + WEIGHTS, KerasFile::isOfTraining);
        return new KerasFile(file, KerasJson.generation(version.textValue(), config), config, root);
    }

    private byte[] bytes(String name, int maxBytes) throws IOException {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw new Malformed(file, "has no " + name);
        }
        String where = file + ": " + name;
        long size = entry.getSize();
        long packed = entry.getCompressedSize();
        boolean stored = entry.getMethod() == ZipEntry.STORED;
        if (size < 0 || packed < 0 || size > maxBytes || stored && size != packed) {
            throw new Malformed(where, "has an invalid size: " + size + " bytes, " + packed + " in the archive");
        }
        if (size > FREE_BYTES + MAX_EXPANSION * packed) {
            throw new Malformed(
                    where,
                    "would inflate from " + packed + " to " + size + " bytes, which is more than " + MAX_EXPANSION
                            + " times");
        }
        if (size > Runtime.getRuntime().maxMemory() / 2) {
            throw new Unsupported(
                    where, "has " + size + " bytes, which do not fit into the memory; give a larger heap with -Xmx");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = new byte[(int) size];
            int length = in.readNBytes(bytes, 0, bytes.length);
            CRC32 crc = new CRC32();
            crc.update(bytes, 0, length);
            if (length < size || in.read() >= 0 || crc.getValue() != entry.getCrc()) {
                throw new Malformed(where, "differs in length or checksum from the archive's directory");
            }
            return bytes;
        }
    }
}
