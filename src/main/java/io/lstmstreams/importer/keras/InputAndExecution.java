package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.DraftInput;
import io.lstmstreams.importer.draft.Origin;
import java.util.List;

/** States the input and the mode of execution of a draft by the model's inputs. */
final class InputAndExecution {
    private final Draft draft;
    private final List<ModelInput> inputs;
    private final long width;

    /**
     * Prepares the statements.
     *
     * @param width the length of x
     */
    InputAndExecution(Draft draft, List<ModelInput> inputs, long width) {
        this.draft = draft;
        this.inputs = inputs;
        this.width = width;
    }

    void write(boolean stateful, boolean masked, boolean fedBack) {
        draft.input(input());
        execution(stateful, masked, fedBack);
    }

    private DraftInput input() {
        if (inputs.size() > 1) {
            ArrayNode fields = KerasJson.newObject().arrayNode();
            inputs.forEach(one -> fields.add(one.field()));
            return DraftInput.fields(
                    width,
                    "because the model has " + inputs.size()
                            + " inputs; their names are used as names of a record's fields",
                    fields);
        }
        return inputs.get(0).index()
                ? DraftInput.symbol(width, "because an embedding of " + width + " rows reads it")
                : DraftInput.numbers(width);
    }

    private void execution(boolean stateful, boolean masked, boolean fedBack) {
        List<Integer> lengths = inputs.stream()
                .map(ModelInput::steps)
                .filter(steps -> steps > 0)
                .distinct()
                .toList();
        if (fedBack) {
            draft.carry(Origin.file("because the model reads its states as inputs and returns them as outputs"));
            draft.note(
                    "the model reads its states as inputs; lstm-streams starts each sequence with states of zeros, so"
                            + " a decoder, whose first states come from an encoder, needs them loaded first (state import)");
        } else if (stateful) {
            draft.carry(Origin.file("because the model is stateful"));
        } else if (lengths.isEmpty() || lengths.size() > 1) {
            draft.executionIsUnknown("the model does not have a fixed number of steps");
        } else if (lengths.get(0) == 1) {
            draft.window(
                    1,
                    false,
                    Origin.file("because the model reads 1 step and is not stateful, so Keras starts each step from a"
                            + " zero state; to carry the state, give --spec '{\"execution\":{\"mode\":\"carry\"}}'"));
        } else {
            String shorter = masked
                    ? "masked steps are skipped"
                    : "shorter sequences are padded with zeros at the front, as by pad_sequences";
            draft.window(
                    lengths.get(0),
                    !masked,
                    Origin.file("because the model reads this number of steps and is not stateful; " + shorter
                            + "; give --spec with an execution to change this"));
        }
    }
}
