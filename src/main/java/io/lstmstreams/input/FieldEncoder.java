package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.recurrent.SparseInput;
import java.util.List;

/** Turns an event of several fields into lines of the input vector. Immutable. */
final class FieldEncoder {
    private final List<InputField> fields;
    private final int entries;

    FieldEncoder(List<InputField> fields) {
        this.fields = fields;
        this.entries = fields.stream().mapToInt(InputField::entries).sum();
    }

    /**
     * Encodes an event.
     *
     * @param unknown whether the first one-hot field, which is the event proper, is taken for the unknown symbol
     */
    SparseInput encode(Event event, boolean unknown) {
        int[] lines = new int[entries];
        float[] values = new float[entries];
        int index = SparseInput.DENSE;
        int line = 0;
        int entry = 0;
        for (InputField field : fields) {
            if (field instanceof InputField.OneHot oneHot) {
                boolean proper = index == SparseInput.DENSE;
                int hot = proper && unknown ? oneHot.vocabulary().unknown() : hot(oneHot, event, proper);
                index = proper ? hot : index;
                lines[entry] = line + hot;
                values[entry] = 1f;
            } else if (field instanceof InputField.Number number) {
                double value = number(at(event, number.pointer()), "the field " + number.pointer());
                lines[entry] = line;
                values[entry] = finite(value * number.scale() + number.offset(), number.pointer());
            } else if (field instanceof InputField.Vector vector) {
                float[] read = vector(event, vector);
                for (int k = 0; k < read.length; k++) {
                    lines[entry + k] = line + k;
                    values[entry + k] = read[k];
                }
            } else {
                lines[entry] = line; // the time since the last event is filled in when that is known
            }
            line += field.size();
            entry += field.entries();
        }
        return SparseInput.lines(index, lines, values);
    }

    /** The event proper may be unknown, which is a question of policy; another field is replaced by its own unknown symbol. */
    private static int hot(InputField.OneHot field, Event event, boolean proper) {
        Event value = at(event, field.pointer());
        if (value == null) {
            throw new BadEventException("there is no field " + field.pointer());
        }
        try {
            return field.vocabulary().event(value, field.size());
        } catch (UnknownEventException e) {
            if (proper || field.vocabulary().unknown() < 0) {
                throw e;
            }
            return field.vocabulary().unknown();
        }
    }

    private static float[] vector(Event event, InputField.Vector field) {
        if (!(at(event, field.pointer()) instanceof Event.Vector vector)) {
            throw new BadEventException("the field " + field.pointer() + " is no array of numbers");
        }
        checkVector(vector.values(), field.size(), "the field " + field.pointer(), "the model takes ");
        return vector.values();
    }

    /** Refuses a vector of another length, or with an element that is not finite. */
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

    /** The number that an event is. */
    static float number(Event event, String what) {
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

    /** What stands at a JSON pointer; null if nothing does. */
    private static Event at(Event event, String pointer) {
        Event found = event;
        if (!pointer.isEmpty()) {
            for (String name : pointer.substring(1).split("/", -1)) {
                String unescaped = name.replace("~1", "/").replace("~0", "~");
                found = found instanceof Event.Fields fields ? fields.byName().get(unescaped) : null;
            }
        }
        return found;
    }
}
