package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;

/** Records many of which are invalid. */
final class FuzzedRecords {
    private static final int SEQUENCES = 300;
    private static final List<String> JSON = List.of(
            "{\"event\":\"open\",\"id\":\"a\"}",
            "{\"event\":3,\"id\":7}",
            "{\"event\":[0,0,1,0,0,0],\"id\":\"b\"}",
            "{\"event\":[0.5,-1,2e3],\"id\":\"c\"}",
            "{\"event\":\"close\",\"end\":true,\"id\":\"\\u00e9\"}",
            "{\"end\":true,\"id\":\"d\"}",
            "{\"event\":{\"kind\":\"buy\",\"amount\":12.5,\"shop\":{\"country\":\"ch\"},\"weekday\":6,\"a/b\":[1,2.5]},\"id\":1}");

    private final Random random;
    private final FuzzedBytes bytes;
    private final String format;

    /**
     * Creates records.
     *
     * @param format a value of {@code lstm.input.format}
     */
    FuzzedRecords(Random random, String format) {
        this.random = random;
        this.bytes = new FuzzedBytes(random);
        this.format = format;
    }

    TestRecord<byte[], byte[]> next() {
        return new TestRecord<>(key(), value(), headers(), timestamp());
    }

    private byte[] key() {
        return switch (random.nextInt(40)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> bytes.noise(2);
            case 3 -> new byte[random.nextInt(20) == 0 ? 1 << 16 : 1 << 9];
            default -> ("fuzzed-" + random.nextInt(SEQUENCES)).getBytes(UTF_8);
        };
    }

    private long timestamp() {
        return switch (random.nextInt(40)) {
            case 0 -> 0;
            case 1 -> Long.MAX_VALUE;
            case 2 -> random.nextLong() & Long.MAX_VALUE;
            default -> DrivenTopology.START.toEpochMilli() + random.nextInt(1_000_000);
        };
    }

    private byte[] value() {
        int kind = random.nextInt(50);
        if (kind == 0) {
            return null;
        }
        if (kind < 5) {
            return bytes.noise(200);
        }
        return switch (format) {
            case "string" -> kind < 40 ? bytes.mutated(symbol()) : bytes.monster();
            case "int32" -> kind < 40 ? ByteBuffer.allocate(4).putInt(index()).array() : bytes.noise(8);
            case "float32" -> kind < 40 ? floats() : bytes.noise(64);
            default -> kind < 10 ? bytes.monster() : kind < 20 ? json() : bytes.mutated(json());
        };
    }

    private byte[] json() {
        return JSON.get(random.nextInt(JSON.size())).getBytes(UTF_8);
    }

    private byte[] symbol() {
        return TinyModels.EVENTS.get(random.nextInt(TinyModels.EVENTS.size())).getBytes(UTF_8);
    }

    private int index() {
        return random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(8) - 1;
    }

    private byte[] floats() {
        ByteBuffer floats = ByteBuffer.allocate(Float.BYTES * (random.nextInt(5) == 0 ? random.nextInt(9) : 3));
        while (floats.hasRemaining()) {
            floats.putFloat(
                    random.nextInt(10) == 0
                            ? Float.intBitsToFloat(random.nextInt()) // any bits, NaN included
                            : (float) random.nextGaussian());
        }
        return floats.array();
    }

    private Headers headers() {
        Headers headers = new RecordHeaders();
        for (int i = random.nextInt(random.nextInt(500) == 0 ? 2_000 : 4); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0 -> headers.add("id", bytes.noise(3));
                case 1 -> headers.add("id", ("fuzzed-" + random.nextInt(SEQUENCES)).getBytes(UTF_8));
                case 2 -> headers.add("lstm.sequence", mark());
                case 3 -> headers.add(new String(bytes.noise(20), UTF_8), bytes.noise(100));
                case 4 -> headers.add("", null);
                default -> headers.add("x", random.nextInt(2_000) == 0 ? new byte[600_000] : bytes.noise(10));
            }
        }
        return headers;
    }

    private byte[] mark() {
        return switch (random.nextInt(4)) {
            case 0 -> "start".getBytes(UTF_8);
            case 1 -> "end".getBytes(UTF_8);
            case 2 -> null;
            default -> bytes.noise(6);
        };
    }
}
