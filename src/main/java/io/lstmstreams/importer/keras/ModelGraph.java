package io.lstmstreams.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model's layers and their connections. A layer may be called more than once; each call is a node.
 *
 * @param layers all layers, in the file's order
 * @param calls the calls, each after the calls that it reads
 * @param inputs the model's inputs, in their order
 * @param outputs the model's outputs, in their order
 * @param fedBack true if the model's user feeds the states back
 */
record ModelGraph(List<Layer> layers, List<Call> calls, List<Ref> inputs, List<Output> outputs, boolean fedBack) {
    ModelGraph(List<Layer> layers, List<Call> calls, List<Ref> inputs, List<Output> outputs) {
        this(layers, calls, inputs, outputs, false);
    }

    /**
     * An output of a call of a layer.
     *
     * @param tensor the output's index: 0, or the index of a state that a recurrent layer returns
     */
    record Ref(String layer, int call, int tensor) {
        Ref(String layer, int call) {
            this(layer, call, 0);
        }

        /** Returns the call's first output, which stands for the call. */
        Ref first() {
            return tensor == 0 ? this : new Ref(layer, call);
        }
    }

    /**
     * A call of a layer on the outputs of other calls.
     *
     * @param states the outputs that are the initial state of a recurrent layer; empty for zeros
     */
    record Call(Layer layer, Ref ref, List<Ref> inputs, List<Ref> states) {
        Call(Layer layer, Ref ref, List<Ref> inputs) {
            this(layer, ref, inputs, List.of());
        }

        /** Returns the calls whose outputs this call reads. */
        List<Ref> below() {
            List<Ref> below = new ArrayList<>();
            inputs.forEach(ref -> below.add(ref.first()));
            states.forEach(ref -> below.add(ref.first()));
            return below;
        }
    }

    /** An output of the model with its name in Keras. */
    record Output(String name, Ref ref) {}

    /** Returns a graph in which each layer reads the layer before it. The first must be an input layer. */
    static ModelGraph chain(List<Layer> layers) {
        List<Call> calls = new ArrayList<>();
        List<Ref> below = List.of();
        for (Layer layer : layers) {
            Call call = new Call(layer, new Ref(layer.name(), 0), below);
            calls.add(call);
            below = List.of(call.ref());
        }
        Layer last = layers.get(layers.size() - 1);
        return new ModelGraph(
                layers, calls, List.of(calls.get(0).ref()), List.of(new Output(last.name(), below.get(0))));
    }

    /** Returns the number of readers of a call's output: other calls, and outputs of the model. */
    long readers(Ref ref) {
        return calls.stream()
                        .flatMap(call -> Stream.concat(call.inputs().stream(), call.states().stream()))
                        .filter(ref::equals)
                        .count()
                + outputs.stream().filter(output -> output.ref().equals(ref)).count();
    }
}
