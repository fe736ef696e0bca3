package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Locates tensors whose bytes are in a file beside the model (onnx.proto, {@code external_data}: keys location, offset,
 * length). No file outside the model's folder is opened, not even through a link.
 */
final class OnnxExternalData {
    private OnnxExternalData() {}

    /**
     * Finds the bytes.
     *
     * @param entries the tensor's {@code external_data}
     * @param model the model's own path
     * @param where the tensor's name in errors
     * @param needed the number of bytes of the tensor's shape
     */
    static OnnxRegion locate(Map<String, String> entries, Path model, String where, long needed) {
        String location = entries.getOrDefault("location", "");
        Path path = inside(location, model, where);
        long offset = number(entries.getOrDefault("offset", "0"), "offset", where);
        long length = number(entries.getOrDefault("length", Long.toString(needed)), "length", where);
        if (length != needed) {
            throw new Malformed(
                    where, "must have " + needed + " bytes of external data by its shape, but has " + length);
        }
        try {
            long size = Files.size(path);
            if (offset > size || length > size - offset) {
                throw new Malformed(
                        where,
                        "its external data (offset " + offset + ", length " + length + ") must be within " + location
                                + ", which has " + size + " bytes");
            }
        } catch (IOException e) {
            throw new Inaccessible(where, "its external data " + location + " cannot be read", e);
        }
        return new OnnxRegion(path, where, offset, length);
    }

    private static Path inside(String location, Path model, String where) {
        Unsupported outside =
                new Unsupported(where, "its external data must be a file in the model's folder, but is " + location);
        try {
            Path relative = Path.of(location);
            if (location.isEmpty() || relative.isAbsolute() || location.contains("..") || location.contains("\\")) {
                throw outside;
            }
            Path folder = model.toAbsolutePath().resolveSibling("").toRealPath();
            Path real = folder.resolve(relative).toRealPath();
            if (!real.startsWith(folder) || !Files.isRegularFile(real)) {
                throw outside;
            }
            return real;
        } catch (InvalidPathException e) {
            throw outside;
        } catch (IOException e) {
            throw new Inaccessible(where, "its external data " + location + " cannot be read", e);
        }
    }

    private static long number(String text, String what, String where) {
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new Malformed(
                where, "the " + what + " of its external data must be an integer of at least 0, but is " + text);
    }
}
