package io.lstmstreams.input;

import io.lstmstreams.recurrent.SparseInput;
import java.util.List;

/** Fills the time since the sequence's last event into an input that has such fields. Immutable. */
public final class ElapsedTime {
    private final List<InputField> fields;
    private final boolean needed;

    /** For the inputs of a model. */
    public ElapsedTime(Model model) {
        this.fields = model.fields();
        this.needed = fields.stream().anyMatch(InputField.SinceLast.class::isInstance);
    }

    /**
     * The input with the time filled in; the same one where a model does not look at time.
     *
     * @param elapsedMs milliseconds since the last event of the sequence, 0 or more
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
