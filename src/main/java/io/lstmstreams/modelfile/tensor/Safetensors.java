package io.lstmstreams.modelfile.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Files of the safetensors format: the header's length as a little-endian uint64, a JSON header, then the tensors'
 * bytes, little-endian (github.com/huggingface/safetensors, "Format"). Every length is compared with the file's size
 * before memory is allocated.
 */
public final class Safetensors {
    private static final int LENGTH_BYTES = 8;
    private static final long ZIP = 0x04034b50L;
    private static final long PICKLE = 0x80L;

    /**
     * The longest header in bytes: enough for the spec of a million symbols of 50 bytes. Memory holds several copies of
     * it.
     */
    static final int MAX_HEADER = 64 << 20;

    private static final int CHUNK = 1 << 16;

    private Safetensors() {}

    /**
     * Reads a file with all its tensors.
     *
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is malformed, or holds a
     *     number that is not finite
     */
    public static TensorFile read(Path path) {
        return read(path, path.toString());
    }

    /**
     * Reads a file with all its tensors, under another name than its path.
     *
     * @param file the file's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is malformed, or holds a
     *     number that is not finite
     */
    public static TensorFile read(Path path, String file) {
        return read(path, file, name -> false);
    }

    /**
     * Reads a file without some of its tensors. Tensors that are left out may hold numbers of any type.
     *
     * @param file the file's name in errors
     * @param leftOut true for the name of a tensor that is left out
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is malformed, or holds a
     *     number that is not finite
     */
    public static TensorFile read(Path path, String file, Predicate<String> leftOut) {
        return open(path, file, leftOut, (channel, dataAt, header) -> {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.entries()) {
                if (!leftOut.test(entry.name())) {
                    tensors.put(entry.name(), tensor(channel, dataAt, entry, file));
                }
            }
            return new TensorFile(tensors, header.metadata());
        });
    }

    /**
     * Reads the metadata of a file and none of its tensors, which may hold numbers of any type.
     *
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read or is malformed
     */
    public static Map<String, String> metadata(Path path) {
        return open(path, path.toString(), name -> true, (channel, dataAt, header) -> header.metadata());
    }

    /** Reads the content of a file whose header is valid. */
    private interface Content<T> {
        T read(FileChannel channel, long dataAt, SafetensorsHeader header) throws IOException;
    }

    /** Returns whether the first eight bytes, little-endian, are those of a zip or of a pickle. */
    private static boolean isTorchSave(long start) {
        return (start & 0xffff_ffffL) == ZIP || (start & 0xff) == PICKLE;
    }

    private static <T> T open(Path path, String file, Predicate<String> leftOut, Content<T> content) {
        if (Files.isDirectory(path)) {
            throw new Inaccessible(file, "is a folder, not a file", null);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < LENGTH_BYTES) {
                throw new Malformed(file, "is not a safetensors file: it must have at least 8 bytes, but has " + size);
            }
            long headerLength = readFully(channel, 0, LENGTH_BYTES).getLong();
            if (headerLength < 0 || headerLength > size - LENGTH_BYTES) {
                throw new Malformed(
                        file,
                        isTorchSave(headerLength)
                                ? "is a file of torch.save, not of safetensors; convert it with lstm-streams import"
                                : "is not a safetensors file: its header would be longer than the whole file");
            }
            if (headerLength > MAX_HEADER) {
                throw new Unsupported(
                        file,
                        "its header must have at most %,d bytes, but has %,d".formatted(MAX_HEADER, headerLength));
            }
            byte[] json = readFully(channel, LENGTH_BYTES, (int) headerLength).array();
            long dataAt = LENGTH_BYTES + headerLength;
            return content.read(channel, dataAt, SafetensorsHeader.parse(json, file, size - dataAt, leftOut));
        } catch (NoSuchFileException e) {
            throw new Inaccessible(file, "does not exist", e);
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static Tensor tensor(FileChannel channel, long dataAt, SafetensorsHeader.Entry entry, String file)
            throws IOException {
        float[] values = new float[entry.count()]; // not larger than the file: the header was checked
        NumberType type = Objects.requireNonNull(entry.type()); // tensors without a type are left out
        long at = dataAt + entry.begin();
        int i = 0;
        while (i < values.length) {
            int count = Math.min(values.length - i, CHUNK / type.bytes());
            ByteBuffer bytes = readFully(channel, at, count * type.bytes());
            at += bytes.remaining();
            for (int last = i + count; i < last; i++) {
                values[i] = type.read(bytes);
                if (!Float.isFinite(values[i])) {
                    throw new Malformed(
                            file + ": tensor " + entry.name(),
                            "element " + i + " must be a finite number, but is " + values[i]);
                }
            }
        }
        return new Tensor(entry.name(), entry.shape(), values);
    }

    private static ByteBuffer readFully(FileChannel channel, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException("it became shorter while being read");
            }
        }
        return bytes.flip();
    }

    /**
     * Writes a file of float32 tensors in their order. The file appears under its name only when it is complete.
     *
     * @throws Inaccessible if the file cannot be written
     */
    public static void write(TensorFile content, Path path) {
        Path target = path.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            byte[] header = header(content);
            if (header.length > MAX_HEADER) { // no reader would accept it
                throw new Unsupported(
                        path.toString(),
                        "its header must have at most %,d bytes, but would have %,d: the vocabulary is too long"
                                .formatted(MAX_HEADER, header.length));
            }
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer start = ByteBuffer.allocate(LENGTH_BYTES + header.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .put(header)
                        .flip();
                writeFully(channel, start);
                for (Tensor tensor : content.tensors().values()) {
                    write(channel, tensor.values());
                }
                channel.force(true);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            throw new Inaccessible(path.toString(), "its folder does not exist", e);
        } catch (IOException e) {
            throw new Inaccessible(path.toString(), "cannot be written (" + e + ")", e);
        }
    }

    private static byte[] header(TensorFile content) throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode header = mapper.createObjectNode();
        if (!content.metadata().isEmpty()) {
            header.set("__metadata__", mapper.valueToTree(content.metadata()));
        }
        long at = 0;
        for (Tensor tensor : content.tensors().values()) {
            long end = at + (long) tensor.values().length * Float.BYTES;
            ObjectNode entry = header.putObject(tensor.name()).put("dtype", NumberType.F32.name());
            entry.set("shape", mapper.valueToTree(tensor.shape()));
            entry.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] json = mapper.writeValueAsBytes(header);
        // Trailing blanks align the data to eight bytes, as the format recommends.
        byte[] aligned = Arrays.copyOf(json, json.length + Math.floorMod(-json.length, LENGTH_BYTES));
        Arrays.fill(aligned, json.length, aligned.length, (byte) ' ');
        return aligned;
    }

    private static void write(FileChannel channel, float[] values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; ) {
            chunk.clear();
            while (i < values.length && chunk.hasRemaining()) {
                chunk.putFloat(values[i++]);
            }
            writeFully(channel, chunk.flip());
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
