package io.lstmstreams.modeltopic;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An index of the records of a models topic. The records, by their keys in UTF-8:
 *
 * <pre>
 * chunk/SHA256/NUMBER   a chunk, from 0, of the file with this SHA-256: {@value #CHUNK_BYTES} bytes, the last fewer
 * model/NAME/SHA256     a {@link Manifest}, written after all chunks of its file; without a value: no longer published
 * active/NAME           {"sha256":"..."}, written after the model's manifest: the model for new sequences of this name
 * </pre>
 *
 * <p>Accepts any record. Limits bound the memory of the index, whatever the topic contains. Safe for any number of
 * threads.
 */
public final class ModelTopicIndex {
    /** The number of bytes of a file in one record. */
    public static final int CHUNK_BYTES = 1 << 19;

    static final String CHUNK = "chunk";
    static final String MODEL = "model";
    static final String ACTIVE = "active";

    private static final int MAX_NAMES = 200;

    /**
     * The maximum number of models of a name. The index drops the oldest ones, so a rollback cannot reach them.
     */
    private static final int MAX_MODELS_OF_NAME = 100;

    private static final int MAX_FILES = 10_000;
    private static final int MAX_KEY_BYTES = 200;

    private final Map<String, Map<String, Manifest>> models = new TreeMap<>(); // by name and SHA-256, the oldest first
    private final Map<String, Pointer> active = new TreeMap<>(); // by name
    private final Map<String, Long> files = limited(MAX_FILES); // offset of the first chunk, by SHA-256
    private long ignored;

    /**
     * The pointer to the active model of a name.
     *
     * @param sha256 the SHA-256 of the model file
     * @param offset the offset of the pointer's record
     */
    public record Pointer(String sha256, long offset) {}

    private static <V> Map<String, V> limited(int most) {
        return new LinkedHashMap<String, V>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * Adds a record to the index.
     *
     * @return true if the record has a form listed above; false if it is ignored
     */
    public synchronized boolean accept(byte @Nullable [] key, byte @Nullable [] value, long offset) {
        boolean known =
                key != null && key.length <= MAX_KEY_BYTES && accept(text(key).split("/", -1), value, offset);
        ignored += known ? 0 : 1;
        return known;
    }

    /** Returns a record's key, in UTF-8. */
    static byte[] key(String... parts) {
        return String.join("/", parts).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    private boolean accept(String[] key, byte @Nullable [] value, long offset) {
        return switch (key[0]) {
            case CHUNK -> key.length == 3 && Manifest.isSha256(key[1]) && chunk(key[1], key[2], value, offset);
            case MODEL ->
                key.length == 3 && Manifest.isName(key[1]) && Manifest.isSha256(key[2]) && model(key[1], key[2], value);
            case ACTIVE -> key.length == 2 && Manifest.isName(key[1]) && active(key[1], value, offset);
            default -> false;
        };
    }

    private boolean chunk(String sha256, String number, byte @Nullable [] value, long offset) {
        if (number.equals("0")) {
            files.remove(sha256); // so that the file moves to the end, as the newest one
            if (value != null) {
                files.put(sha256, offset);
            }
        }
        return number.matches("\\d{1,4}");
    }

    private boolean model(String name, String sha256, byte @Nullable [] value) {
        if (value == null) {
            Map<String, Manifest> ofName = models.get(name);
            if (ofName != null) {
                ofName.remove(sha256);
            }
            return true;
        }
        Manifest manifest = Manifest.parse(name, sha256, value);
        if (manifest == null || !models.containsKey(name) && models.size() >= MAX_NAMES) {
            return false;
        }
        Map<String, Manifest> ofName = models.computeIfAbsent(name, any -> limited(MAX_MODELS_OF_NAME));
        ofName.remove(sha256);
        ofName.put(sha256, manifest);
        return true;
    }

    private boolean active(String name, byte @Nullable [] value, long offset) {
        if (value == null) {
            active.remove(name);
            return true;
        }
        JsonNode sha256 = Manifest.json(value).path("sha256");
        if (!sha256.isTextual()
                || !Manifest.isSha256(sha256.textValue())
                || !active.containsKey(name) && active.size() >= MAX_NAMES) {
            return false;
        }
        active.put(name, new Pointer(sha256.textValue(), offset));
        return true;
    }

    /** Returns all names under which a model was published. */
    public synchronized Set<String> names() {
        return new TreeSet<>(models.keySet());
    }

    /** Returns the pointer to the active model of a name; null if the name has none. */
    public synchronized @Nullable Pointer active(String name) {
        return active.get(name);
    }

    /** Returns the models that were published under a name, the newest first. */
    public synchronized List<Manifest> models(String name) {
        List<Manifest> list =
                new ArrayList<>(models.getOrDefault(name, Map.of()).values());
        list.sort(Comparator.comparingLong(Manifest::published).reversed());
        return list;
    }

    /** Returns a model of a name; null if it was not published. */
    public synchronized @Nullable Manifest model(String name, String sha256) {
        return models.getOrDefault(name, Map.of()).get(sha256);
    }

    /** Returns a model of any name by the beginning of its SHA-256; null if it was not published. */
    public synchronized @Nullable Manifest find(String id) {
        return models.values().stream()
                .flatMap(ofName -> ofName.values().stream())
                .filter(manifest -> manifest.sha256().startsWith(id))
                .findFirst()
                .orElse(null);
    }

    /** Returns a model of any name by the beginning of its fingerprint; null if it was not published. */
    public synchronized @Nullable Manifest findByFingerprint(String fingerprint) {
        return models.values().stream()
                .flatMap(ofName -> ofName.values().stream())
                .filter(manifest -> manifest.fingerprint().startsWith(fingerprint))
                .findFirst()
                .orElse(null);
    }

    /** Returns the offset of the first chunk of a file; 0 if it is unknown. */
    public synchronized long firstChunk(String sha256) {
        return files.getOrDefault(sha256, 0L);
    }

    /** Returns the number of records that were ignored. */
    public synchronized long ignored() {
        return ignored;
    }
}
