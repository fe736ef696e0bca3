package io.lstmstreams.importer.keras;

import io.lstmstreams.importer.keras.ModelGraph.Call;
import io.lstmstreams.importer.keras.ModelGraph.Output;
import io.lstmstreams.importer.keras.ModelGraph.Ref;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The states that pass through a model's inputs and outputs: a step model reads h and c as inputs and returns the next
 * h and c as outputs, which its user feeds back in their order. lstm-streams carries them itself, so they are neither
 * part of x nor heads.
 */
final class States {
    private final ModelGraph graph;
    private final String file;
    private final Map<Ref, Component> inputs = new HashMap<>(); // by the output of the input layer
    private final List<Ref> ordered = new ArrayList<>(); // the state inputs in the model's order

    /**
     * A state of a call of a recurrent layer.
     *
     * @param index 0 for h, 1 for c
     */
    private record Component(Ref call, int index) {
        String text() {
            return (index == 0 ? "h" : "c") + " of layer " + call.layer();
        }
    }

    private States(ModelGraph graph, String file) {
        this.graph = graph;
        this.file = file;
    }

    /**
     * Returns a graph without the inputs and outputs of states.
     *
     * @throws Unsupported if a state is not fed back to the cell that computed it
     */
    static ModelGraph without(ModelGraph graph, String file) {
        States states = new States(graph, file);
        graph.calls().forEach(states::read);
        graph.inputs().stream().filter(states.inputs::containsKey).forEach(states.ordered::add);
        return states.rest();
    }

    private void read(Call call) {
        if (call.states().isEmpty()) {
            return;
        }
        Layer layer = call.layer();
        boolean hasCellState = layer.className().endsWith("LSTM")
                || layer.config().path("cell").path("class_name").asText("").equals("LSTMCell");
        int expected = hasCellState ? 2 : 1;
        if (call.states().size() != expected) {
            throw layer.unsupported("starts from " + call.states().size() + " states, but must start from " + expected);
        }
        for (int i = 0; i < expected; i++) {
            Ref state = call.states().get(i);
            if (!graph.inputs().contains(state)) {
                throw layer.unsupported("starts from a state that layer " + state.layer()
                        + " computes, as a decoder starts from its encoder's state; a state must start at zero or be an"
                        + " input of the model");
            }
            if (graph.readers(state) > 1 || inputs.put(state, new Component(call.ref(), i)) != null) {
                throw layer.unsupported("starts from the input " + state.layer()
                        + ", which other layers read as well; only one cell may read an input that is its state");
            }
        }
    }

    private ModelGraph rest() {
        List<Output> heads = new ArrayList<>(graph.outputs());
        if (!ordered.isEmpty()) {
            List<Output> returned = returned();
            for (int i = 0; i < ordered.size(); i++) {
                Component read = inputs.get(ordered.get(i));
                Component next = i < returned.size() ? component(returned.get(i)) : null;
                if (read == null || !read.equals(next)) {
                    throw notFedBack(i, next);
                }
            }
            heads.removeAll(returned);
        }
        // Without a state input, c is an output only to look at; h is the layer's output.
        heads.removeIf(head -> head.ref().tensor() > 1);
        if (heads.isEmpty()) {
            throw new Unsupported(
                    file,
                    "has only states as outputs, as an encoder without its decoder has; an output must be a layer's"
                            + " output");
        }
        List<Call> calls = new ArrayList<>();
        for (Call call : graph.calls()) {
            if (!inputs.containsKey(call.ref())) {
                calls.add(new Call(call.layer(), call.ref(), call.inputs()));
            }
        }
        List<Ref> rest = new ArrayList<>(graph.inputs());
        rest.removeAll(ordered);
        return new ModelGraph(graph.layers(), calls, rest, heads, !ordered.isEmpty());
    }

    /** Returns the outputs that are next states: those of returned states, or else as many as there are inputs. */
    private List<Output> returned() {
        List<Output> states =
                graph.outputs().stream().filter(one -> one.ref().tensor() > 0).toList();
        int count = graph.outputs().size();
        boolean last = states.size() < ordered.size() && count > ordered.size();
        return last ? graph.outputs().subList(count - ordered.size(), count) : states;
    }

    private @Nullable Component component(Output output) {
        Ref ref = output.ref();
        if (ref.tensor() > 0) {
            return new Component(ref.first(), ref.tensor() - 1);
        }
        // The output of a layer that returns its last step is h, too.
        boolean isLast = graph.calls().stream()
                .anyMatch(call -> call.ref().equals(ref)
                        && !call.states().isEmpty()
                        && !call.layer().flag("return_sequences", false));
        return isLast ? new Component(ref, 0) : null;
    }

    private Unsupported notFedBack(int index, @Nullable Component next) {
        Ref input = ordered.get(index);
        Component read = inputs.get(input);
        String returned = next == null
                ? "the model does not return it as such"
                : "the model's state output in the same place is " + next.text();
        return new Unsupported(
                file,
                "reads " + (read == null ? "a state" : read.text()) + " from the input " + input.layer() + ", but "
                        + returned + "; the outputs must end with the next states as the recurrent layers return them"
                        + " (return_state), in the order of the state inputs");
    }
}
