package io.lstmstreams.modelfile.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Builds valid and invalid safetensors files byte by byte, without the code under test. */
public final class RawSafetensors {
    private final List<String> entries = new ArrayList<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    /** Adds a tensor of float32. */
    public RawSafetensors add(String name, long[] shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return add(name, "F32", shape, bytes.array());
    }

    /** Adds a tensor of zeros of the right length. */
    public RawSafetensors zeros(String name, long... shape) {
        return add(name, shape, new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)]);
    }

    /** Adds a tensor of any type. The name is copied to the header unchanged, so it may contain escapes. */
    public RawSafetensors add(String name, String type, long[] shape, byte[] bytes) {
        int begin = data.size();
        data.writeBytes(bytes);
        entries.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(name, type, Arrays.toString(shape), begin, data.size()));
        return this;
    }

    /** Adds a field to the header, unchanged. */
    public RawSafetensors field(String json) {
        entries.add(json);
        return this;
    }

    /** Returns the file's bytes. */
    public byte[] bytes() {
        return of(entries.stream().collect(Collectors.joining(",", "{", "}")), data.toByteArray());
    }

    /** Writes the file. */
    public Path write(Path path) {
        return write(path, bytes());
    }

    /** Writes any bytes to a new file, because truncating an old file makes some file systems wait for the disk. */
    public static Path write(Path path, byte[] bytes) {
        try {
            Files.deleteIfExists(path);
            return Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a file with any header and data. */
    public static byte[] of(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return of(json.length, json, data);
    }

    /** Returns a file with a header of the stated or of another length. */
    public static byte[] of(long headerLength, byte[] header, byte[] data) {
        return ByteBuffer.allocate(8 + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put(header)
                .put(data)
                .array();
    }
}
