package io.lstmstreams.importer.torch.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds pickles instruction by instruction, and torch.save's archives around them, without the code under test. */
public final class RawPickle {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Adds bytes: characters are instructions, numbers their arguments. */
    public RawPickle add(Object... parts) {
        for (Object part : parts) {
            if (part instanceof String text) {
                bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            } else {
                bytes.write((Integer) part);
            }
        }
        return this;
    }

    /** Adds a text. */
    public RawPickle text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        add(0x8c, utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /** Adds an integer of up to 32 bits. */
    public RawPickle number(int value) {
        return add("J", value & 0xff, value >> 8 & 0xff, value >> 16 & 0xff, value >>> 24);
    }

    /** Adds a tuple of integers. */
    public RawPickle numbers(int... values) {
        add("(");
        for (int value : values) {
            number(value);
        }
        return add("t");
    }

    /** Adds a tensor of float32 that views storage 0. */
    public RawPickle tensor(int elements, int offset, int[] shape, int[] strides) {
        add("ctorch._utils\n_rebuild_tensor_v2\n((")
                .text("storage")
                .add("ctorch\nFloatStorage\n")
                .text("0");
        text("cpu").number(elements).add("tQ").number(offset).numbers(shape).numbers(strides);
        return add(0x89, "}tR");
    }

    /** Ends the pickle. */
    public byte[] stop() {
        return add(".").bytes.toByteArray();
    }

    /** Writes an archive of the pickle and storage 0. */
    public Path write(Path path, byte[] storage) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("m/data.pkl"));
            zip.write(stop());
            zip.putNextEntry(new ZipEntry("m/data/0"));
            zip.write(storage);
            return path;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
