package io.lstmstreams.load;

import java.util.ArrayList;
import java.util.List;

/**
 * The expected answer to one record.
 *
 * @param key the answer's key, which is the sequence's id
 * @param position the answer's position among the answers of its sequence
 * @param values the answer's bytes as text, one for each model that may have computed it
 */
public record Answer(String key, int position, List<String> values) {
    static Answer of(String key, int position, String value) {
        return new Answer(key, position, List.of(value));
    }

    /** Returns an answer whose values replay adds. */
    static Answer unknown(String key, int position) {
        return new Answer(key, position, new ArrayList<>(1));
    }

    void add(String value) {
        values.add(value);
    }

    boolean matches(String otherKey, String value) {
        return key.equals(otherKey) && values.contains(value);
    }
}
