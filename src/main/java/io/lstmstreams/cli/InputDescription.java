package io.lstmstreams.cli;

import io.lstmstreams.input.InputField;
import io.lstmstreams.input.Model;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.Readable;

/** A description of the input: how an event becomes the input vector. */
final class InputDescription {
    private final Model model;
    private final Network network;

    InputDescription(Model model) {
        this.model = model;
        this.network = model.network();
    }

    /** Returns the encoding and the length of x. */
    String oneLine() {
        int size = network.inputSize();
        return switch (network.encoding()) {
            case ONE_HOT -> "one-hot, %d inputs: a step reads one row of a table instead of a product".formatted(size);
            case DENSE -> "dense, %d numbers; an index or a symbol becomes its one-hot vector".formatted(size);
            case INDEX -> "the event's index as one number" + scale();
            case FIELDS -> "%d inputs, from these fields of the event:".formatted(size);
        };
    }

    private String scale() {
        return model.fields().isEmpty()
                ? ""
                : ", " + linear("index", (InputField.Number) model.fields().get(0));
    }

    private static String linear(String what, InputField.Number number) {
        return what + " * " + Readable.number(number.scale()) + " + " + Readable.number(number.offset());
    }

    /** Returns the input indexes of each field of the event; empty if the event is the whole input. */
    String fields() {
        if (network.encoding() != InputEncoding.FIELDS) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        int first = 0;
        for (InputField field : model.fields()) {
            int last = first + field.size() - 1;
            out.append("  x[%s] %s%n"
                    .formatted(
                            first == last ? "%d".formatted(first) : "%d..%d".formatted(first, last), describe(field)));
            first = last + 1;
        }
        return out.toString();
    }

    private static String describe(InputField field) {
        if (field instanceof InputField.OneHot oneHot) {
            return "%s, one-hot of %d".formatted(pointer(oneHot.pointer()), oneHot.size());
        }
        if (field instanceof InputField.Number number) {
            return pointer(number.pointer()) + ", a number: " + linear("value", number);
        }
        if (field instanceof InputField.Vector vector) {
            return "%s, %d numbers".formatted(pointer(vector.pointer()), vector.size());
        }
        InputField.SinceLast time = (InputField.SinceLast) field;
        return "the time since the sequence's last event: %s * %s + %s"
                .formatted(
                        time.unit().specName().replace("-since-last", ""),
                        Readable.number(time.scale()),
                        Readable.number(time.offset()));
    }

    private static String pointer(String pointer) {
        return pointer.isEmpty() ? "the event" : pointer;
    }
}
