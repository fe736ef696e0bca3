package io.lstmstreams.importer.keras;

import java.util.List;

/**
 * A model's layers and how they are connected. A layer may be called more than once; each call is a node.
 *
 * @param layers all layers, in the file's order
 * @param calls each after those that it reads
 * @param inputs the model's inputs, in its order
 * @param outputs the model's outputs, in its order
 */
record ModelGraph(List<Layer> layers, List<Call> calls, List<Ref> inputs, List<Output> outputs) {

    /** What a call of a layer gives. */
    record Ref(String layer, int call) {}

    /** A call of a layer on what others give. */
    record Call(Layer layer, Ref ref, List<Ref> inputs) {}

    /** An output of the model under the name that Keras gives it. */
    record Output(String name, Ref ref) {}

    /** How often something is read, by other calls or as an output. */
    long readers(Ref ref) {
        return calls.stream()
                        .flatMap(call -> call.inputs().stream())
                        .filter(ref::equals)
                        .count()
                + outputs.stream().filter(output -> output.ref().equals(ref)).count();
    }
}
