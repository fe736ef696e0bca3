package io.lstmstreams.modeltopic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.modeltopic.ModelTopicIndex.Pointer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ModelTopicIndexTest {
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    /** The number of records; {@code -Dfuzz.records=1000000} makes it larger. */
    private static final int RECORDS = Integer.getInteger("fuzz.records", 30_000);

    private final ModelTopicIndex index = new ModelTopicIndex();
    private long offset;

    private boolean accept(String key, String value) {
        return index.accept(key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8), offset++);
    }

    private static String manifest(long published) {
        Manifest manifest = new Manifest("n", A, 7, null, "0".repeat(32), "model", published);
        return new String(manifest.toJson(), UTF_8);
    }

    @Test
    void shouldReturnTheModelsPublishedUnderAName() {
        // When
        assertThat(accept("chunk/" + A + "/0", "content")).isTrue();
        assertThat(accept("model/n/" + A, manifest(1))).isTrue();
        assertThat(accept("active/n", "{\"sha256\":\"" + A + "\"}")).isTrue();
        assertThat(accept("model/n/" + B, manifest(2))).isTrue();

        // Then
        assertThat(index.names()).containsExactly("n");
        assertThat(index.active("n")).isEqualTo(new Pointer(A, 2));
        assertThat(index.active("other")).isNull();
        assertThat(index.models("n")).extracting(Manifest::sha256).containsExactly(B, A); // the newest first
        assertThat(index.model("n", A)).isEqualTo(new Manifest("n", A, 7, null, "0".repeat(32), "model", 1));
        assertThat(index.find(A.substring(0, 16)).sha256()).isEqualTo(A);
        assertThat(index.find("c")).isNull();
        assertThat(index.findByFingerprint("0".repeat(32))).isNotNull();
        assertThat(index.firstChunk(A)).isZero();
        assertThat(index.ignored()).isZero();
    }

    @Test
    void shouldRemoveWithdrawnModels() {
        // Given
        accept("model/n/" + A, manifest(1));
        accept("active/n", "{\"sha256\":\"" + A + "\"}");

        // When
        accept("model/n/" + A, null);
        accept("active/n", null);

        // Then
        assertThat(index.model("n", A)).isNull();
        assertThat(index.active("n")).isNull();
    }

    @Test
    void shouldIgnoreOtherRecords() {
        String[][] records = {
            {"", "x"},
            {"active", "{\"sha256\":\"" + A + "\"}"},
            {"active/", "{\"sha256\":\"" + A + "\"}"},
            {"active/a b", "{\"sha256\":\"" + A + "\"}"},
            {"active/n", "{\"sha256\":\"" + A.substring(1) + "\"}"},
            {"active/n", "{\"sha256\":7}"},
            {"active/n", "[]"},
            {"active/n", ""},
            {"model/n/" + A.toUpperCase(), manifest(1)},
            {"model/n/" + A, "{}"},
            {"model/n/" + A, manifest(1).replace("\"bytes\":7", "\"bytes\":0")},
            {"model/n/" + A, manifest(1).replace("\"bytes\":7", "\"bytes\":99999999999")},
            {"model/n/" + A, manifest(1).replace("\"model\":\"model\"", "\"model\":\"two\\nlines\"")},
            {"model/n/" + A, manifest(1).replace("\"model\":", "\"uri\":7,\"model\":")},
            {"model/n/" + A, manifest(1) + " ".repeat(1 << 14)},
            {"chunk/" + A + "/-1", "x"},
            {"chunk/" + A + "/99999", "x"},
            {"chunk/" + A, "x"},
            {"x".repeat(10_000), "x"},
        };

        for (String[] record : records) {
            assertThat(accept(record[0], record[1])).as(record[0]).isFalse();
        }
        assertThat(index.accept(null, new byte[0], 0)).isFalse();
        assertThat(index.ignored()).isEqualTo(records.length + 1);
        assertThat(index.names()).isEmpty();
        assertThat(index.active("n")).isNull();
    }

    @Test
    void shouldRememberTheLastHundredModelsOfAName() {
        for (int i = 0; i < 120; i++) {
            accept("model/n/" + String.format("%064x", i), manifest(i));
        }

        assertThat(index.models("n"))
                .hasSize(100)
                .first()
                .extracting(Manifest::published)
                .isEqualTo(119L);
        assertThat(index.model("n", String.format("%064x", 19))).isNull();
        assertThat(index.model("n", String.format("%064x", 20))).isNotNull();
    }

    /** Any record is accepted without a failure and without growing memory. */
    @Test
    void shouldAcceptAnyRecord() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("model messages: " + RECORDS + " fuzzed, -Dfuzz.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        long known = 0;
        for (int i = 0; i < RECORDS; i++) {
            byte[] key = key(random).getBytes(UTF_8);
            byte[] value = value(random);
            mutate(key, random);
            mutate(value, random);
            known += index.accept(random.nextInt(50) == 0 ? null : key, value, i) ? 1 : 0;
            if (i % (RECORDS / 5) == RECORDS / 10) {
                Runtime memory = Runtime.getRuntime();
                System.gc();
                System.out.printf(
                        "  %,d records, heap %,d MB%n", i, (memory.totalMemory() - memory.freeMemory()) >> 20);
            }
        }

        assertThat(known).isBetween(RECORDS / 10L, RECORDS * 9L / 10);
        assertThat(index.ignored()).isEqualTo(RECORDS - known);
        assertThat(index.names()).hasSizeLessThanOrEqualTo(200);
        index.names().forEach(name -> assertThat(index.models(name)).hasSizeLessThanOrEqualTo(100));
        index.names().forEach(index::active);
    }

    private static String key(SplittableRandom random) {
        String sha256 = random.nextBoolean() ? A : String.format("%064x", random.nextLong(Long.MAX_VALUE));
        String name = "name-" + random.nextInt(100_000);
        return switch (random.nextInt(4)) {
            case 0 -> "chunk/" + sha256 + "/" + random.nextInt(-2, 12);
            case 1 -> "active/" + name;
            case 2 -> "model/" + name + "/" + sha256;
            default -> "model/n/" + sha256;
        };
    }

    private static byte[] value(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> "{\"sha256\":\"%s\"}".formatted(A).getBytes(UTF_8);
            case 2 -> "[".repeat(random.nextInt(1, 3_000)).getBytes(UTF_8);
            case 3 -> new byte[random.nextInt(1_000)];
            default -> manifest(random.nextLong()).getBytes(UTF_8);
        };
    }

    private static void mutate(byte[] bytes, SplittableRandom random) {
        for (int i = 0; bytes != null && bytes.length > 0 && i < random.nextInt(-3, 4); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
    }
}
