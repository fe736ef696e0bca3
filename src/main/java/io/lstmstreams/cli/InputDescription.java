package io.lstmstreams.cli;

import io.lstmstreams.input.InputField;
import io.lstmstreams.input.Model;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;

/** How a record becomes the input vector, in words. */
final class InputDescription {
    private final Model events;
    private final Network network;

    InputDescription(Model events) {
        this.events = events;
        this.network = events.network();
    }

    /** The encoding and the length of x. */
    String oneLine() {
        int size = network.inputSize();
        return switch (network.encoding()) {
            case ONE_HOT -> "one-hot, %d lines: a step reads one row of a table instead of a product".formatted(size);
            case DENSE -> "dense, %d numbers; an index or a symbol stands for its one-hot vector".formatted(size);
            case INDEX -> "the event's index as one number" + scale();
            case FIELDS -> "%d lines, of these fields of the event:".formatted(size);
        };
    }

    private String scale() {
        return events.fields().isEmpty()
                ? ""
                : ", " + linear("index", (InputField.Number) events.fields().get(0));
    }

    private static String linear(String what, InputField.Number number) {
        return what + " * " + number.scale() + " + " + number.offset();
    }

    /** Which lines of x come from which field of the event's JSON; empty where the event is all of the input. */
    String fields() {
        if (network.encoding() != InputEncoding.FIELDS) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        int line = 0;
        for (InputField field : events.fields()) {
            int last = line + field.size() - 1;
            out.append("  x[%s] %s%n"
                    .formatted(line == last ? "%d".formatted(line) : "%d..%d".formatted(line, last), describe(field)));
            line = last + 1;
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
                .formatted(time.unit().specName().replace("-since-last", ""), time.scale(), time.offset());
    }

    private static String pointer(String pointer) {
        return pointer.isEmpty() ? "the event" : pointer;
    }
}
