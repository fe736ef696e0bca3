package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.InputField;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.InputShape;
import io.lstmstreams.recurrent.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The input in a spec: its shape, its vocabulary and its fields. */
final class InputSpec {
    private final String where;
    private final ModelSpec.Input spec;
    private final int size;

    /**
     * @param where the file, for errors
     * @throws Malformed if the spec does not state the input's size
     */
    InputSpec(String where, ModelSpec.@Nullable Input spec) {
        if (spec == null || spec.size() == null) {
            throw new Malformed(where, "the spec must not remove the input size");
        }
        this.where = where;
        this.spec = spec;
        this.size = spec.size();
    }

    /** Returns the length of x. */
    int size() {
        return size;
    }

    /**
     * Returns the shape of x.
     *
     * @param predicted the number of outputs of the first head; 0 without a head
     */
    InputShape shape(int predicted) {
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
                yield InputShape.index(events(predicted));
            }
            case FIELDS ->
                new InputShape(
                        InputEncoding.FIELDS,
                        size,
                        event().map(FieldSpec::size).orElse(0),
                        fields().stream().mapToInt(FieldSpec::entries).sum());
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

    /**
     * Returns the number of events that have an index: the vocabulary's size, or else the number of predicted events,
     * or else no limit.
     */
    private int events(int predicted) {
        if (spec.vocabulary() != null) {
            return spec.vocabulary().size();
        }
        return predicted > 1 ? predicted : Integer.MAX_VALUE;
    }

    private List<FieldSpec> fields() {
        if (spec.fields() == null || spec.fields().isEmpty()) {
            throw new Malformed(where, "the spec's input must have fields, because its encoding is fields");
        }
        return spec.fields().stream().map(field -> new FieldSpec(where, field)).toList();
    }

    /** Returns the field that is the event: the first one-hot field. */
    private Optional<FieldSpec> event() {
        return fields().stream().filter(FieldSpec::isOneHot).findFirst();
    }

    /** Returns the names of the network's events. */
    Vocabulary vocabulary(Network network) {
        Optional<FieldSpec> event = encoding() == InputEncoding.FIELDS ? event() : Optional.empty();
        List<String> symbols =
                spec.vocabulary() == null ? event.map(FieldSpec::symbols).orElse(null) : spec.vocabulary();
        String unknown = spec.unknown() == null ? event.map(FieldSpec::unknown).orElse(null) : spec.unknown();
        if (symbols == null) {
            if (spec.end() != null || unknown != null) {
                throw new Malformed(where, "the spec names an end or unknown symbol, but has no vocabulary");
            }
            return Vocabulary.ofSize(Math.max(1, network.events()));
        }
        boolean counted = network.predictsEvents() || network.encoding() != InputEncoding.INDEX;
        return Vocabulary.of(counted ? network.events() : symbols.size(), symbols, spec.end(), unknown);
    }

    /** Returns the fields of x in their order; for an index, its scale and offset. */
    List<InputField> inputFields(Vocabulary vocabulary) {
        return switch (encoding()) {
            case ONE_HOT, DENSE -> List.of();
            case INDEX ->
                spec.scale() == null && spec.offset() == null
                        ? List.of()
                        : List.of(new InputField.Number(
                                "", FieldSpec.scale(spec.scale()), FieldSpec.offset(spec.offset())));
            case FIELDS -> {
                List<InputField> fields = new ArrayList<>();
                boolean hasEvent = false;
                for (FieldSpec field : fields()) {
                    boolean isEvent = field.isOneHot() && !hasEvent;
                    fields.add(isEvent ? field.read(vocabulary) : field.read());
                    hasEvent |= isEvent;
                }
                yield fields;
            }
        };
    }

    /** Returns a model's input as it is written in a spec. */
    static ObjectNode write(Model model) {
        Network network = model.network();
        Vocabulary vocabulary = model.vocabulary();
        ObjectNode input = SpecJson.MAPPER.createObjectNode();
        input.put("encoding", network.encoding().specName());
        input.put("size", network.inputSize());
        if (vocabulary.hasSymbols()) {
            input.set("vocabulary", SpecJson.MAPPER.valueToTree(symbolsWithoutLastEnd(vocabulary)));
        }
        if (vocabulary.hasEnd()) {
            input.put("end", vocabulary.symbol(vocabulary.end()));
        }
        if (vocabulary.unknown() >= 0) {
            input.put("unknown", vocabulary.symbol(vocabulary.unknown()));
        }
        if (network.encoding() == InputEncoding.INDEX && !model.fields().isEmpty()) {
            InputField.Number index = (InputField.Number) model.fields().get(0);
            input.put("scale", index.scale()).put("offset", index.offset());
        } else {
            model.fields().forEach(field -> input.withArray("/fields").add(FieldSpec.write(field, vocabulary)));
        }
        return input;
    }

    /** Returns the names as {@code --vocabulary} takes them: without an end symbol in the last place. */
    private static List<String> symbolsWithoutLastEnd(Vocabulary vocabulary) {
        boolean endIsLast = vocabulary.end() == vocabulary.size() - 1 && vocabulary.size() > 1;
        return vocabulary.symbols().subList(0, endIsLast ? vocabulary.end() : vocabulary.size());
    }
}
