package io.lstmstreams.input;

import io.lstmstreams.recurrent.SparseInput;
import java.util.List;

/** Fills the time since the sequence's last event into the input fields that hold it. Immutable. */
public final class ElapsedTime {
    private final List<InputField> fields;
    private final boolean needed;

    /** Creates an instance for a model's inputs. */
    public ElapsedTime(Model model) {
        this.fields = model.fields();
        this.needed = fields.stream().anyMatch(InputField.SinceLast.class::isInstance);
    }

    /**
     * Returns the input with the time filled in; the same input if the model has no field for the time.
     *
     * @param elapsedMs the milliseconds since the last event of the sequence, at least 0
     */
    public SparseInput fill(SparseInput input, long elapsedMs) {
        SparseInput filled = input;
        int entry = 0;
        for (int i = 0; needed && i < fields.size(); i++) {
            if (fields.get(i) instanceof InputField.SinceLast time) {
                filled = filled.withValue(entry, time.value(elapsedMs));
            }
            entry += fields.get(i).entries();
        }
        return filled;
    }
}
