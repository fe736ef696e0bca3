package io.lstmstreams.importer.tensorflow.format;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An .npz file written with any header, valid or invalid. */
public final class RawNpz implements AutoCloseable {
    private final ZipOutputStream zip;

    /** Starts a file. */
    public RawNpz(Path path) {
        try {
            OutputStream out = Files.newOutputStream(path);
            zip = new ZipOutputStream(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds an array with this text as its dictionary and float32 numbers. */
    public RawNpz array(String name, String dictionary, ByteOrder order, float... values) {
        ByteBuffer numbers = ByteBuffer.allocate(values.length * Float.BYTES).order(order);
        for (float value : values) {
            numbers.putFloat(value);
        }
        return entry(name + ".npy", npy(1, dictionary), numbers.array());
    }

    /** Returns the header of an array in a version of the format. */
    static byte[] npy(int version, String dictionary) {
        byte[] text = (dictionary + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer header = ByteBuffer.allocate(12 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        header.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            header.putShort((short) text.length);
        } else {
            header.putInt(text.length);
        }
        header.put(text);
        byte[] bytes = new byte[header.position()];
        header.flip().get(bytes);
        return bytes;
    }

    /** Adds any entry. */
    public RawNpz entry(String name, byte[]... contents) {
        try {
            zip.putNextEntry(new ZipEntry(name));
            for (byte[] content : contents) {
                zip.write(content);
            }
            zip.closeEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
