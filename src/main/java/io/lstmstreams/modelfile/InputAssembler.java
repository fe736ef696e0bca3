package io.lstmstreams.modelfile;

import io.lstmstreams.input.InputField;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.InputShape;
import io.lstmstreams.recurrent.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds the input's shape, vocabulary and fields from the spec. */
final class InputAssembler {
    private final String where;
    private final ModelSpec.Input spec;

    InputAssembler(String where, ModelSpec.Input spec) {
        this.where = where;
        this.spec = spec;
    }

    /**
     * Returns the shape of x.
     *
     * @param predicted the number of outputs of the first head; 0 without a head
     */
    InputShape shape(int predicted) {
        int size = spec.size();
        if (size < 1) {
            throw new Malformed(where, "the spec's input size must be at least 1, but is " + size);
        }
        return switch (encoding()) {
            case ONE_HOT -> InputShape.oneHot(size);
            case DENSE -> InputShape.dense(size);
            case INDEX -> {
                if (size != 1) {
                    throw new Malformed(where, "the spec's input size must be 1 for encoding index, but is " + size);
                }
                yield InputShape.index(indexes(predicted));
            }
            case FIELDS ->
                new InputShape(
                        InputEncoding.FIELDS,
                        size,
                        events(),
                        fields().stream().mapToInt(this::entries).sum());
        };
    }

    private InputEncoding encoding() {
        return Arrays.stream(InputEncoding.values())
                .filter(encoding -> encoding.specName().equals(spec.encoding()))
                .findFirst()
                .orElseThrow(() -> new Unsupported(
                        where,
                        "input encoding " + spec.encoding()
                                + " is not supported; supported: one-hot, dense, index and fields"));
    }

    /** Returns the number of events: the vocabulary's size, otherwise the number of predicted events, otherwise unlimited. */
    private int indexes(int predicted) {
        if (spec.vocabulary() != null) {
            return spec.vocabulary().size();
        }
        return predicted > 1 ? predicted : Integer.MAX_VALUE;
    }

    private List<ModelSpec.Field> fields() {
        if (spec.fields() == null || spec.fields().isEmpty()) {
            throw new Malformed(where, "the spec's input must have fields, because its encoding is fields");
        }
        for (ModelSpec.Field field : spec.fields()) {
            if (field == null || field.encoding() == null) {
                throw new Malformed(where, "a field of the spec's input has no encoding");
            }
            boolean timed = field.encoding().endsWith("-since-last");
            String pointer = field.field();
            if (!timed && (pointer == null || !(pointer.isEmpty() || pointer.startsWith("/")))) {
                throw new Malformed(where, "a field of the spec's input has no JSON pointer such as /amount");
            }
        }
        return spec.fields();
    }

    private int events() {
        return fields().stream()
                .filter(field -> field.encoding().equals("one-hot"))
                .findFirst()
                .map(this::size)
                .orElse(0);
    }

    private int entries(ModelSpec.Field field) {
        return field.encoding().equals("dense") ? size(field) : 1;
    }

    private int size(ModelSpec.Field field) {
        if (field.size() != null && field.size() > 0) {
            return field.size();
        }
        if (field.vocabulary() != null && !field.vocabulary().isEmpty()) {
            return field.vocabulary().size();
        }
        throw new Malformed(where, "the field " + field.field() + " of the spec's input has no size");
    }

    /** Returns the names of the network's events. */
    Vocabulary vocabulary(Network network) {
        ModelSpec.Field first = encoding() != InputEncoding.FIELDS
                ? null
                : fields().stream()
                        .filter(field -> field.encoding().equals("one-hot"))
                        .findFirst()
                        .orElse(null);
        List<String> symbols = spec.vocabulary();
        String unknown = spec.unknown();
        if (first != null && symbols == null) {
            symbols = first.vocabulary();
        }
        if (first != null && unknown == null) {
            unknown = first.unknown();
        }
        if (symbols == null) {
            if (spec.end() != null || unknown != null) {
                throw new Malformed(where, "the spec names an end or unknown symbol, but has no vocabulary");
            }
            return Vocabulary.ofSize(Math.max(1, network.events()));
        }
        boolean counted = network.predictsEvents() || network.encoding() != InputEncoding.INDEX;
        int size = counted ? network.events() : symbols.size();
        return Vocabulary.of(size, symbols, spec.end(), unknown);
    }

    /** Returns the fields of x in their order; for an index, its scale and offset. */
    List<InputField> inputFields(Vocabulary vocabulary) {
        List<InputField> fields = new ArrayList<>();
        if (encoding() == InputEncoding.INDEX && (spec.scale() != null || spec.offset() != null)) {
            fields.add(new InputField.Number("", orElse(spec.scale(), 1), orElse(spec.offset(), 0)));
        }
        if (encoding() == InputEncoding.FIELDS) {
            boolean first = true;
            for (ModelSpec.Field field : fields()) {
                boolean isEvent = first && field.encoding().equals("one-hot");
                fields.add(field(field, isEvent ? vocabulary : null));
                first &= !isEvent;
            }
        }
        return fields;
    }

    private InputField field(ModelSpec.Field field, Vocabulary vocabulary) {
        double scale = orElse(field.scale(), 1);
        double offset = orElse(field.offset(), 0);
        return switch (field.encoding()) {
            case "one-hot" ->
                new InputField.OneHot(
                        field.field(), vocabulary == null ? ownVocabulary(field) : vocabulary, size(field));
            case "number" -> new InputField.Number(field.field(), scale, offset);
            case "dense" -> new InputField.Vector(field.field(), size(field));
            default ->
                new InputField.SinceLast(
                        Arrays.stream(InputField.SinceLast.Unit.values())
                                .filter(unit -> unit.specName().equals(field.encoding()))
                                .findFirst()
                                .orElseThrow(() -> new Unsupported(
                                        where,
                                        "the field encoding " + field.encoding() + " is not supported; supported:"
                                                + " one-hot, number, dense, seconds-since-last, hours-since-last and"
                                                + " log-seconds-since-last")),
                        scale,
                        offset);
        };
    }

    private Vocabulary ownVocabulary(ModelSpec.Field field) {
        return field.vocabulary() == null
                ? Vocabulary.ofSize(size(field))
                : Vocabulary.of(size(field), field.vocabulary(), null, field.unknown());
    }

    private static double orElse(Double value, double otherwise) {
        return value == null ? otherwise : value;
    }
}
