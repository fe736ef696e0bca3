package io.lstmstreams.modelfile.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file, checked against the size of the data that follows it: every tensor lies within
 * the data, has as many bytes as its shape and type require, and the tensors cover the data without gap or overlap.
 */
final class SafetensorsHeader {
    private static final Set<String> QUANTISED = Set.of("I8", "U8", "F8_E4M3", "F8_E5M2");
    private static final String METADATA = "__metadata__";

    /**
     * Limits that keep many small values from exhausting the memory. A tensor takes about ten tokens; metadata may be
     * long.
     */
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxStringLength(Safetensors.MAX_HEADER)
            .maxTokenCount(1_000_000)
            .build();

    private static final ObjectReader JSON = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build()
            .readerFor(JsonNode.class);

    private final String file;
    private final long dataBytes;
    private final Predicate<String> leftOut;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /**
     * The place of one tensor in the file.
     *
     * @param type the numbers' type, or null for a tensor that is left out
     * @param begin the offset of the first byte from the start of the data
     * @param end the offset of the byte after the last
     * @param count the number of elements
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(String name, @Nullable NumberType type, long[] shape, long begin, long end, int count) {}

    private SafetensorsHeader(String file, long dataBytes, Predicate<String> leftOut) {
        this.file = file;
        this.dataBytes = dataBytes;
        this.leftOut = leftOut;
    }

    static SafetensorsHeader parse(byte[] json, String file, long dataBytes, Predicate<String> leftOut) {
        JsonNode root;
        try {
            root = JSON.readValue(json);
        } catch (StreamConstraintsException e) {
            throw new Malformed(file, "the header exceeds a limit: " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            throw new Malformed(file, "the header is not valid JSON at byte " + (8 + at));
        } catch (IOException e) {
            throw new Malformed(file, "the header is not valid JSON");
        }
        if (!root.isObject()) {
            throw new Malformed(file, "the header must be a JSON object");
        }
        SafetensorsHeader header = new SafetensorsHeader(file, dataBytes, leftOut);
        root.properties().forEach(field -> header.read(field.getKey(), field.getValue()));
        header.checkCoverage();
        return header;
    }

    /** Returns the tensors in the order of their bytes. */
    List<Entry> entries() {
        return entries;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    private void read(String name, JsonNode value) {
        if (!value.isObject()) {
            throw malformed(name, "must be described by a JSON object");
        }
        if (name.equals(METADATA)) {
            value.properties().forEach(field -> {
                if (!field.getValue().isTextual()) {
                    throw new Malformed(file, "metadata " + field.getKey() + " must be a string");
                }
                metadata.put(field.getKey(), field.getValue().textValue());
            });
        } else {
            entries.add(entry(name, value));
        }
    }

    private Entry entry(String name, JsonNode value) {
        long[] shape = longs(name, "shape", value.path("shape"));
        long[] offsets = offsets(name, value);
        if (leftOut.test(name)) {
            return new Entry(name, null, shape, offsets[0], offsets[1], 0);
        }
        String typeName = value.path("dtype").asText("");
        NumberType type = NumberType.ofSafetensors(typeName)
                .orElseThrow(() -> new Unsupported(
                        file + ": tensor " + name,
                        "its numbers must be of type F32, F64, F16 or BF16, but are of type "
                                + (typeName.isEmpty() ? "(none)" : typeName)
                                + (QUANTISED.contains(typeName) ? ", as those of a quantised layer" : "")));
        long count = 1;
        for (long size : shape) {
            // A count larger than the file is invalid; this check also prevents an overflow.
            if (size > 0 && count > dataBytes / size) {
                throw malformed(name, "its shape " + Tensor.text(shape) + " is larger than the file");
            }
            count *= size;
        }
        if (offsets[1] - offsets[0] != count * type.bytes()) {
            throw malformed(
                    name,
                    "its shape " + Tensor.text(shape) + " takes " + count * type.bytes() + " bytes, but it has "
                            + (offsets[1] - offsets[0]));
        }
        if (count > Integer.MAX_VALUE - 8) {
            throw new Unsupported(file + ": tensor " + name, "must have fewer than 2^31 elements");
        }
        return new Entry(name, type, shape, offsets[0], offsets[1], (int) count);
    }

    private long[] offsets(String name, JsonNode value) {
        long[] offsets = longs(name, "data_offsets", value.path("data_offsets"));
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw malformed(name, "its data_offsets must be a begin and an end");
        }
        if (offsets[1] > dataBytes) {
            throw malformed(
                    name,
                    "ends at byte " + offsets[1] + " of the data, which has " + dataBytes
                            + " (is the file truncated?)");
        }
        return offsets;
    }

    private long[] longs(String name, String field, JsonNode array) {
        if (!array.isArray()) {
            throw malformed(name, "has no " + field);
        }
        long[] values = new long[array.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode element = array.get(i);
            if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
                throw malformed(name, "its " + field + " must hold integers of at least 0");
            }
            values[i] = element.longValue();
        }
        return values;
    }

    private void checkCoverage() {
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        for (Entry entry : entries) {
            if (entry.begin() < covered) {
                throw malformed(
                        entry.name(), "overlaps the tensor before it, at byte " + entry.begin() + " of the data");
            }
            if (entry.begin() > covered) {
                throw malformed(entry.name(), "leaves a gap before it, at byte " + covered + " of the data");
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw new Malformed(file, "has " + (dataBytes - covered) + " bytes after the last tensor");
        }
    }

    private Malformed malformed(String tensor, String what) {
        return new Malformed(file + ": tensor " + tensor, what);
    }
}
