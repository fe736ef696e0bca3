package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.importer.bytes.ZipArchive;
import io.lstmstreams.importer.keras.format.Hdf5;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Archives with the ending {@code .keras}: a zip of {@code config.json}, {@code metadata.json} and {@code
 * model.weights.h5} (keras.io, "Save, serialize, and export models").
 */
final class KerasArchive {
    private static final String CONFIG = "config.json";
    private static final String METADATA = "metadata.json";
    private static final String WEIGHTS = "model.weights.h5";
    private static final int MAX_JSON = 1 << 24;
    private static final ZipArchive.Limits LIMITS = new ZipArchive.Limits(100_000, 32, false);

    private final ZipArchive zip;
    private final String file;

    private KerasArchive(ZipArchive zip, String file) {
        this.zip = zip;
        this.file = file;
    }

    static KerasFile read(Path path, String file) {
        return FileReading.read(path, file, () -> {
            try (ZipArchive zip = ZipArchive.open(path, file, LIMITS)) {
                return new KerasArchive(zip, file).read();
            }
        });
    }

    private KerasFile read() throws IOException {
        ObjectNode config = KerasJson.parse(entry(CONFIG).bytes(MAX_JSON), file + ": " + CONFIG);
        JsonNode version = zip.names().contains(METADATA)
                ? KerasJson.parse(entry(METADATA).bytes(MAX_JSON), file + ": " + METADATA)
                        .path("keras_version")
                : config.path("keras_version");
        byte[] weights = entry(WEIGHTS).bytes();
        Hdf5Group root = Hdf5.read(ByteBuffer.wrap(weights), file + ": " + WEIGHTS, KerasFile::isOfTraining);
        return new KerasFile(file, KerasVersion.of(version.textValue(), config), config, root);
    }

    private ZipArchive.Entry entry(String name) {
        return zip.entry(name, file + ": " + name).orElseThrow(() -> new Malformed(file, "has no " + name));
    }
}
