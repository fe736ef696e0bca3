package io.lstmstreams.importer.keras.format;

import io.jhdf.GlobalHeap;
import io.jhdf.ObjectHeader;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.VariableLength;
import io.jhdf.object.message.AttributeInfoMessage;
import io.jhdf.object.message.AttributeMessage;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the attributes of an HDF5 file that are texts or lists of texts. Not thread-safe. */
final class Hdf5Texts {
    private static final long UNDEFINED_ADDRESS = -1;
    private static final long MAX_BYTES = 1 << 26; // of all texts of variable length

    private final Hdf5Storage storage;
    private final String file;
    private final Map<Long, GlobalHeap> heaps = new HashMap<>();
    private long left = MAX_BYTES;

    Hdf5Texts(Hdf5Storage storage, String file) {
        this.storage = storage;
        this.file = file;
    }

    /**
     * Returns the texts by the names of their attributes.
     *
     * @param path the path of the group or dataset, for errors
     */
    Map<String, List<String>> read(String path, ObjectHeader header) {
        for (AttributeInfoMessage info : header.getMessagesOfType(AttributeInfoMessage.class)) {
            if (info.getFractalHeapAddress() != UNDEFINED_ADDRESS) {
                throw new Unsupported(
                        where(path), "stores its attributes in HDF5's dense storage, which is not supported");
            }
        }
        Map<String, List<String>> texts = new LinkedHashMap<>();
        for (AttributeMessage attribute : header.getMessagesOfType(AttributeMessage.class)) {
            long count = attribute.getDataSpace().getTotalLength();
            ByteBuffer data = attribute.getDataBuffer();
            if (count == 0 || data == null) {
                texts.put(attribute.getName(), List.of()); // Keras' empty lists have the type of numbers
            } else if (attribute.getDataType() instanceof StringData
                    || attribute.getDataType() instanceof VariableLength type && type.isVariableLengthString()) {
                texts.put(attribute.getName(), texts(path, attribute, data, count));
            }
        }
        return texts;
    }

    private List<String> texts(String path, AttributeMessage attribute, ByteBuffer data, long count) {
        DataType type = attribute.getDataType();
        int size = type.getSize();
        if (size < 1 || count < 0 || count > data.limit() / size) {
            throw new Malformed(where(path), "has an attribute " + attribute.getName() + " that is too long");
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = type instanceof VariableLength
                    ? variableText(path, data.slice(i * size, size).order(ByteOrder.LITTLE_ENDIAN))
                    : text(data, i * size, size);
            int end = text.indexOf('\0');
            texts.add(end < 0 ? text : text.substring(0, end));
        }
        return texts;
    }

    /** Returns the text at a pointer: its length, the address of its heap, and its index in the heap. */
    private String variableText(String path, ByteBuffer pointer) {
        int length = pointer.getInt();
        long heap = storage.getSizeOfOffsets() == Long.BYTES ? pointer.getLong() : pointer.getInt();
        int index = pointer.getInt();
        left -= length;
        if (length < 0 || left < 0) {
            throw new Malformed(
                    where(path),
                    "has a text of " + length + " bytes, but a file's texts must have at most " + MAX_BYTES + " bytes");
        }
        if (length == 0) {
            return "";
        }
        return text(
                heaps.computeIfAbsent(heap, at -> new GlobalHeap(storage, at)).getObjectData(index), 0, length);
    }

    /** Returns the text from a position up to the next zero byte. */
    static String untilNul(ByteBuffer bytes, int from) {
        int end = from;
        while (bytes.get(end) != 0) {
            end++;
        }
        return text(bytes, from, end - from);
    }

    private static String text(ByteBuffer bytes, int from, int length) {
        ByteBuffer slice = bytes.slice(from, length); // checks the length before memory is allocated
        byte[] text = new byte[length];
        slice.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private String where(String path) {
        return path.isEmpty() ? file : file + ": " + path;
    }
}
