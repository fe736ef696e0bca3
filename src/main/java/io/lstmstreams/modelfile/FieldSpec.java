package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.InputField;
import io.lstmstreams.input.InputField.SinceLast;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A field of the input in a spec. */
final class FieldSpec {
    private static final String ONE_HOT = "one-hot";
    private static final String NUMBER = "number";
    private static final String DENSE = "dense";
    private static final String SINCE_LAST = "-since-last";

    private final String where;
    private final ModelSpec.Field spec;
    private final String encoding;
    private final String pointer; // empty for the whole event, and for a time without a pointer

    /**
     * @param where the file, for errors
     * @throws Malformed if the field has no encoding, or reads the event and has no pointer
     */
    FieldSpec(String where, ModelSpec.@Nullable Field spec) {
        if (spec == null || spec.encoding() == null) {
            throw new Malformed(where, "a field of the spec's input has no encoding");
        }
        this.where = where;
        this.spec = spec;
        this.encoding = spec.encoding();
        this.pointer = spec.field() == null ? "" : spec.field();
        boolean hasPointer = spec.field() != null && (pointer.isEmpty() || pointer.startsWith("/"));
        if (!hasPointer && !encoding.endsWith(SINCE_LAST)) {
            throw new Malformed(where, "a field of the spec's input has no JSON pointer such as /amount");
        }
    }

    boolean isOneHot() {
        return encoding.equals(ONE_HOT);
    }

    @Nullable
    List<String> symbols() {
        return spec.vocabulary();
    }

    @Nullable
    String unknown() {
        return spec.unknown();
    }

    /** Returns the length of a one-hot or dense vector. */
    int size() {
        if (spec.size() != null && spec.size() > 0) {
            return spec.size();
        }
        if (spec.vocabulary() != null && !spec.vocabulary().isEmpty()) {
            return spec.vocabulary().size();
        }
        throw new Malformed(where, "the field " + pointer + " of the spec's input has no size");
    }

    /** Returns the number of elements of the field that one event fills. */
    int entries() {
        return encoding.equals(DENSE) ? size() : 1;
    }

    /** Returns the field, with symbols of its own if it is one-hot. */
    InputField read() {
        return switch (encoding) {
            case ONE_HOT -> read(ownVocabulary());
            case NUMBER -> new InputField.Number(pointer, scale(spec.scale()), offset(spec.offset()));
            case DENSE -> new InputField.Vector(pointer, size());
            default -> new SinceLast(unit(), scale(spec.scale()), offset(spec.offset()));
        };
    }

    /** Returns the one-hot field, with these symbols. */
    InputField read(Vocabulary vocabulary) {
        return new InputField.OneHot(pointer, vocabulary, size());
    }

    private Vocabulary ownVocabulary() {
        return spec.vocabulary() == null
                ? Vocabulary.ofSize(size())
                : Vocabulary.of(size(), spec.vocabulary(), null, spec.unknown());
    }

    private SinceLast.Unit unit() {
        return Arrays.stream(SinceLast.Unit.values())
                .filter(unit -> unit.specName().equals(encoding))
                .findFirst()
                .orElseThrow(() -> new Unsupported(
                        where,
                        "the field encoding " + encoding + " is not supported; supported: one-hot, number, dense,"
                                + " seconds-since-last, hours-since-last and log-seconds-since-last"));
    }

    /** Returns the factor of a number. */
    static double scale(@Nullable Double stated) {
        return stated == null ? 1 : stated;
    }

    /** Returns the summand of a number. */
    static double offset(@Nullable Double stated) {
        return stated == null ? 0 : stated;
    }

    /**
     * Returns a field as it is written in a spec.
     *
     * @param event the model's vocabulary, which a field does not repeat
     */
    static ObjectNode write(InputField field, Vocabulary event) {
        ObjectNode node = SpecJson.MAPPER.createObjectNode();
        if (field instanceof InputField.OneHot oneHot) {
            node.put("field", oneHot.pointer()).put("encoding", ONE_HOT).put("size", oneHot.size());
            Vocabulary own = oneHot.vocabulary();
            if (own.hasSymbols() && own != event) {
                node.set("vocabulary", SpecJson.MAPPER.valueToTree(own.symbols()));
                if (own.unknown() >= 0) {
                    node.put("unknown", own.symbol(own.unknown()));
                }
            }
        } else if (field instanceof InputField.Number number) {
            node.put("field", number.pointer()).put("encoding", NUMBER);
            node.put("scale", number.scale()).put("offset", number.offset());
        } else if (field instanceof InputField.Vector vector) {
            node.put("field", vector.pointer()).put("encoding", DENSE).put("size", vector.size());
        } else {
            SinceLast time = (SinceLast) field;
            node.put("encoding", time.unit().specName());
            node.put("scale", time.scale()).put("offset", time.offset());
        }
        return node;
    }
}
