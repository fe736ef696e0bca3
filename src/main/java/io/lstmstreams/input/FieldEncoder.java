package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.recurrent.SparseInput;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes an event of several fields as indexes and values of the input vector. Immutable. */
final class FieldEncoder {
    private final List<InputField> fields;
    private final int entries;
    private final int size; // of the input vector

    FieldEncoder(List<InputField> fields) {
        this.fields = fields;
        this.size = fields.stream().mapToInt(InputField::size).sum();
        this.entries = fields.stream().mapToInt(InputField::entries).sum();
    }

    /**
     * Encodes an event: an object with the fields, or the whole input vector.
     *
     * @param unknown whether the first one-hot field, which identifies the event, becomes the unknown symbol
     */
    SparseInput encode(Event event, boolean unknown) {
        int[] indexes = new int[entries];
        float[] values = new float[entries];
        int index = SparseInput.NO_EVENT;
        int offset = 0; // the input index of the field's first element
        int entry = 0;
        for (InputField field : fields) {
            Event part = part(event, field, offset);
            if (field instanceof InputField.OneHot oneHot) {
                boolean first = index == SparseInput.NO_EVENT;
                int hot = first && unknown ? oneHot.vocabulary().unknown() : hot(oneHot, part, first);
                index = first ? hot : index;
                indexes[entry] = offset + hot;
                values[entry] = 1f;
            } else if (field instanceof InputField.Number number) {
                double value = number(part, "the field " + number.pointer());
                indexes[entry] = offset;
                values[entry] = finite(value * number.scale() + number.offset(), number.pointer());
            } else if (field instanceof InputField.Vector vector) {
                float[] read = vector(part, vector);
                for (int k = 0; k < read.length; k++) {
                    indexes[entry + k] = offset + k;
                    values[entry + k] = read[k];
                }
            } else {
                indexes[entry] = offset; // ElapsedTime fills in the value
            }
            offset += field.size();
            entry += field.entries();
        }
        return SparseInput.sparse(index, indexes, values);
    }

    /** Returns the field's value: at its pointer, or its elements if the event is the whole input vector. */
    private @Nullable Event part(Event event, InputField field, int offset) {
        if (!(event instanceof Event.Vector whole)) {
            return field instanceof InputField.OneHot oneHot
                    ? at(event, oneHot.pointer())
                    : field instanceof InputField.Number number
                            ? at(event, number.pointer())
                            : field instanceof InputField.Vector vector ? at(event, vector.pointer()) : null;
        }
        checkVector(whole.values(), size, "the vector", "but the model's input has ");
        return new Event.Vector(Arrays.copyOfRange(whole.values(), offset, offset + field.size()));
    }

    /**
     * Returns the index of a field's value in the field's vocabulary. An unknown value of the first field is an error,
     * which the caller's policy handles. An unknown value of another field becomes the field's unknown symbol.
     */
    private static int hot(InputField.OneHot field, @Nullable Event part, boolean first) {
        Event value = part instanceof Event.Vector vector ? ofOneHot(vector.values(), field) : part;
        if (value == null) {
            throw new BadEventException("the field " + field.pointer() + " is missing");
        }
        try {
            return field.vocabulary().indexOf(value, field.size());
        } catch (UnknownEventException e) {
            if (first || field.vocabulary().unknown() < 0) {
                throw e;
            }
            return field.vocabulary().unknown();
        }
    }

    private static Event ofOneHot(float[] vector, InputField.OneHot field) {
        int hot = -1;
        boolean fits = vector.length == field.size();
        for (int i = 0; i < vector.length; i++) {
            fits &= vector[i] == 0f || (vector[i] == 1f && hot < 0);
            hot = vector[i] == 0f ? hot : i;
        }
        if (!fits || hot < 0) {
            throw new BadEventException("the field " + field.pointer() + " must be a one-hot vector of " + field.size()
                    + " elements: one is 1, all others are 0");
        }
        return new Event.Index(hot);
    }

    private static float[] vector(@Nullable Event part, InputField.Vector field) {
        if (!(part instanceof Event.Vector vector)) {
            throw new BadEventException("the field " + field.pointer() + " is not an array of numbers");
        }
        checkVector(vector.values(), field.size(), "the field " + field.pointer(), "but the model takes ");
        return vector.values();
    }

    /** Rejects a vector of another length, or with an element that is not finite. */
    static void checkVector(float[] vector, int size, String what, String expected) {
        if (vector.length != size) {
            throw new BadEventException(what + " has " + vector.length + " elements, " + expected + size);
        }
        for (int i = 0; i < vector.length; i++) {
            if (!Float.isFinite(vector[i])) {
                throw new BadEventException("element " + i + " of " + what + " is not a finite number");
            }
        }
    }

    /** Returns the number that an event consists of. */
    static float number(@Nullable Event event, String what) {
        if (event instanceof Event.Vector single && single.values().length == 1) {
            return finite(single.values()[0], what);
        }
        if (event instanceof Event.Index whole) {
            return whole.value();
        }
        if (event instanceof Event.Number number) {
            return finite(number.value(), what);
        }
        throw new BadEventException(what + (event == null ? " is missing" : " is not a number"));
    }

    private static float finite(double value, String what) {
        if (!Float.isFinite((float) value)) {
            throw new BadEventException(what + " is not a finite number");
        }
        return (float) value;
    }

    /** Returns the event at a JSON pointer; null if it does not exist. */
    private static @Nullable Event at(Event event, String pointer) {
        @Nullable Event found = event;
        if (!pointer.isEmpty()) {
            for (String name : pointer.substring(1).split("/", -1)) {
                String unescaped = name.replace("~1", "/").replace("~0", "~");
                found = found instanceof Event.Fields fields ? fields.byName().get(unescaped) : null;
            }
        }
        return found;
    }
}
