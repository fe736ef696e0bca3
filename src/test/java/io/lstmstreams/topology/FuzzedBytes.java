package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;

/** Invalid bytes of many kinds. */
final class FuzzedBytes {
    /** Text that breaks parsers, inserted at random places. */
    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ",",
            ":",
            "\\",
            "\\u0000",
            "\\ud800",
            "\0",
            "null",
            "true",
            "NaN",
            "-",
            "1e999",
            "-0",
            "1e-999999999",
            "0.1",
            "9223372036854775808",
            "\"end\":true,",
            "\"event\":",
            "//",
            "\uFEFF",
            "\u2028",
            "open");

    private static final int LONGEST = 60_000; // longer ones, which are larger than a record may be, are rare

    private final Random random;

    FuzzedBytes(Random random) {
        this.random = random;
    }

    /** Returns random bytes, at most this many. */
    byte[] noise(int most) {
        byte[] bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /**
     * Returns the bytes with a few changes: bits are flipped, and parts are removed, repeated or interrupted by other
     * bytes.
     */
    byte[] mutated(byte[] bytes) {
        byte[] now = bytes;
        for (int i = random.nextInt(4); i >= 0; i--) {
            now = switch (random.nextInt(6)) {
                case 0, 1 -> flipped(now);
                case 2 -> spliced(now, new byte[0]);
                case 3 -> spliced(now, now);
                case 4 -> spliced(now, noise(8));
                default ->
                    spliced(now, TOKENS.get(random.nextInt(TOKENS.size())).getBytes(UTF_8));
            };
        }
        return now;
    }

    private byte[] flipped(byte[] bytes) {
        byte[] now = bytes.clone();
        if (now.length > 0) {
            now[random.nextInt(now.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return now;
    }

    /** Returns the bytes with one part replaced. */
    private byte[] spliced(byte[] bytes, byte[] by) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(8));
        byte[] now = new byte[bytes.length - (to - from) + by.length];
        System.arraycopy(bytes, 0, now, 0, from);
        System.arraycopy(by, 0, now, from, by.length);
        System.arraycopy(bytes, to, now, from + by.length, bytes.length - to);
        return now;
    }

    /** Returns valid or almost valid JSON that is deep, long, wide or large. */
    byte[] monster() {
        int size = random.nextInt(500) == 0 ? 10 * LONGEST : random.nextInt(20) == 0 ? LONGEST : random.nextInt(2_000);
        String text = switch (random.nextInt(11)) {
            case 0 -> "[".repeat(size);
            case 1 -> "{\"event\":".repeat(size / 9 + 1);
            case 2 -> "{\"event\":" + "[".repeat(size / 2) + "]".repeat(size / 2) + "}";
            case 3 -> "{\"event\":" + "9".repeat(size + 1) + "}";
            case 4 -> "{\"event\":1e" + "9".repeat(size % 20 + 1) + "}";
            case 5 -> "{\"event\":0." + "3".repeat(size) + "}";
            case 6 -> "{\"event\":\"" + "x".repeat(size) + "\"}";
            case 7 -> "{\"" + "x".repeat(size) + "\":0,\"event\":\"open\"}";
            case 8 -> "{\"event\":".repeat(size % 1_100 + 1) + "1" + "}".repeat(size % 1_100 + 1);
            case 9 -> "{\"event\":[0" + ",0".repeat(size / 2) + "]}";
            default -> "{" + colliding(size / 24) + "\"event\":\"open\"}";
        };
        return text.getBytes(UTF_8);
    }

    /** Returns fields whose names all have the same hash. */
    private static String colliding(int count) {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < count; i++) {
            fields.append('"');
            for (int bit = 0; bit < 12; bit++) {
                fields.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            fields.append("\":0,");
        }
        return fields.toString();
    }
}
