package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.EventInput;
import java.util.List;

/** Chooses the encoding of events and the mode of execution by a model's inputs. */
final class InputAndExecution {
    private final DraftBuilder draft;
    private final List<ModelInput> inputs;
    private final long width;
    private final long outputs;
    private final JsonNode activation;

    /**
     * Creates the choice for a model.
     *
     * @param width the length of x
     * @param outputs the number of outputs of the first head
     * @param activation the first head's activation
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
                    + " inputs; their names are used as names of a record's fields");
        } else if (inputs.get(0).index()) {
            input.put("encoding", "one-hot").put("size", width);
            draft.note("input: one-hot, because an embedding of " + width + " rows reads it");
        } else if (EventInput.isIndex(width, outputs)) {
            input.put("encoding", "index").put("size", 1);
            draft.note("input: index, because the model has one input and " + outputs + " outputs");
        } else if (events && EventInput.isOneHot(width, outputs)) {
            input.put("encoding", "one-hot").put("size", width);
            draft.note("input: one-hot, because the model has " + width + " inputs and outputs probabilities of "
                    + outputs + " events");
        } else {
            input.put("encoding", "dense").put("size", width);
            draft.note("input: dense, because the file does not state the meaning of the " + width + " inputs");
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
            draft.note("execution: carry, because the model does not have a fixed number of steps;"
                    + " if it was trained on windows of n events, give --spec with an execution of mode window");
        } else if (lengths.get(0) == 1) {
            execution.put("mode", "carry");
            draft.note(
                    "execution: carry; the model reads 1 step at a time and is not stateful, so Keras itself starts each"
                            + " step from a zero state: for the same, give --spec with an execution of mode window and length 1");
        } else {
            execution.put("mode", "window").put("length", lengths.get(0));
            if (!masked) {
                execution.put("padding", "zeros");
            }
            draft.note("execution: window of " + lengths.get(0)
                    + ", because the model reads this number of steps and is not"
                    + " stateful; "
                    + (masked
                            ? "masked steps are skipped"
                            : "shorter sequences are padded with zeros at the front, as by pad_sequences")
                    + "; give --spec with an execution to change this");
        }
    }
}
