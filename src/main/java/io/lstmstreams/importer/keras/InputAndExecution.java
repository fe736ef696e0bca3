package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What a model's inputs say about the encoding of events and about how the model is run. */
final class InputAndExecution {
    private final DraftBuilder draft;
    private final List<ModelInput> inputs;
    private final long width;
    private final long outputs;
    private final JsonNode activation;

    /**
     * What is known of the model.
     *
     * @param width lines of x
     * @param outputs numbers that the first head gives
     * @param activation the first head's
     */
    InputAndExecution(DraftBuilder draft, List<ModelInput> inputs, long width, long outputs, JsonNode activation) {
        this.draft = draft;
        this.inputs = inputs;
        this.width = width;
        this.outputs = outputs;
        this.activation = activation;
    }

    void write(boolean stateful, boolean masked) {
        input();
        execution(stateful, masked);
    }

    private void input() {
        ObjectNode input = draft.input();
        boolean events =
                activation.asText().equals("softmax") || activation.asText().equals("log_softmax");
        if (inputs.size() > 1) {
            input.put("encoding", "fields").put("size", width);
            ArrayNode fields = input.putArray("fields");
            inputs.forEach(one -> fields.add(one.field()));
            draft.note("input: fields, because the model has " + inputs.size()
                    + " inputs; their names are taken for those of a record's fields");
        } else if (inputs.get(0).index()) {
            input.put("encoding", "one-hot").put("size", width);
            draft.note("input: one-hot, because an embedding of " + width + " rows reads it");
        } else if (width == 1 && outputs > 1) {
            input.put("encoding", "index").put("size", 1);
            draft.note("input: index, because the model reads one number and gives " + outputs);
        } else if (events && width > 1 && Math.abs(outputs - width) <= 1) {
            input.put("encoding", "one-hot").put("size", width);
            draft.note("input: one-hot, because the model reads " + width + " numbers and gives probabilities of "
                    + outputs + " events");
        } else {
            input.put("encoding", "dense").put("size", width);
            draft.note("input: dense, because the file does not tell what the " + width + " numbers are");
        }
    }

    private void execution(boolean stateful, boolean masked) {
        ObjectNode execution = draft.execution();
        List<Integer> lengths = inputs.stream()
                .map(ModelInput::steps)
                .filter(steps -> steps > 0)
                .distinct()
                .toList();
        if (stateful) {
            execution.put("mode", "carry");
            draft.note("execution: carry, because the model is stateful");
        } else if (lengths.isEmpty() || lengths.size() > 1) {
            execution.put("mode", "carry");
            draft.note("execution: carry, because the model does not fix a number of steps;"
                    + " if it was trained on windows of n events, give --spec with an execution of mode window");
        } else if (lengths.get(0) == 1) {
            execution.put("mode", "carry");
            draft.note(
                    "execution: carry; the model takes 1 step at a time and is not stateful, so Keras itself starts each"
                            + " from zero: give --spec with an execution of mode window and length 1 to do the same");
        } else {
            execution.put("mode", "window").put("length", lengths.get(0));
            if (!masked) {
                execution.put("padding", "zeros");
            }
            draft.note("execution: window of " + lengths.get(0) + ", because the model takes so many steps and is not"
                    + " stateful; "
                    + (masked
                            ? "masked steps are left out"
                            : "sequences that are shorter get zeros in front, as pad_sequences does")
                    + "; give --spec with an execution to change that");
        }
    }
}
