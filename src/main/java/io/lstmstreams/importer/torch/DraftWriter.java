package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a chain as a spec, with the input and the heads as inferred from the shapes. */
final class DraftWriter {
    private static final double EPSILON = 1e-5; // PyTorch's default for BatchNorm and LayerNorm

    private final String where;
    private final Chain chain;
    private final ObjectNode userSpec;
    private final Map<String, String> nonlinearities;
    private final List<String> notes;

    /**
     * Creates a writer.
     *
     * @param nonlinearities the nonlinearities of simple RNNs by module, as far as the file states them
     */
    DraftWriter(
            String where, Chain chain, ObjectNode userSpec, Map<String, String> nonlinearities, List<String> notes) {
        this.where = where;
        this.chain = chain;
        this.userSpec = userSpec;
        this.nonlinearities = nonlinearities;
        this.notes = notes;
    }

    Draft draft() {
        requireActivations();
        InputGuess input = InputGuess.of(chain, userSpec);
        List<Chain.Head> heads = input.headsInOrder();
        notes.add(input.note());
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.putObject("input").put("encoding", input.encoding()).put("size", (int) input.size());
        spec.putArray("layers");
        spec.putArray("heads");
        chain.layers().forEach(layer -> layer(layer, spec.withArray("/layers").addObject()));
        for (int i = 0; i < heads.size(); i++) {
            head(
                    heads.get(i),
                    i,
                    heads.get(i).equals(input.eventHead()),
                    spec.withArray("/heads").addObject());
        }
        noteExecution();
        return new Draft(
                spec,
                chain.layers().stream().map(layer -> parameters(layer.block())).toList(),
                heads.stream().map(head -> parameters(head.block())).toList(),
                List.copyOf(notes));
    }

    private static Map<String, Tensor> parameters(Block block) {
        return block == null ? Map.of() : block.parameters();
    }

    private void requireActivations() {
        Hints hints = Hints.of(userSpec);
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < chain.layers().size(); i++) {
            if (chain.layers().get(i).cell() == Cell.DENSE && !hints.layer(i).hasActivation()) {
                missing.add(i);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        String fields = missing.stream()
                .map(i -> "layers[" + i + "].activation (of "
                        + chain.layers().get(i).block().main().name() + ")")
                .collect(Collectors.joining(" and "));
        String example = chain.layers().stream()
                .map(layer -> "{\"cell\":\"" + layer.kind() + "\""
                        + (layer.cell() == Cell.DENSE ? ",\"activation\":\"relu\"}" : "}"))
                .collect(Collectors.joining(","));
        throw new Unsupported(
                where,
                "the file does not state " + fields + "; give --spec, such as {\"layers\":[" + example
                        + "]} (linear for no activation)");
    }

    private void layer(Chain.Layer layer, ObjectNode spec) {
        spec.put("cell", layer.kind());
        if (layer.cell() == null) {
            return;
        }
        switch (layer.cell()) {
            case LSTM, GRU, RNN -> recurrent(layer.block(), spec);
            case EMBEDDING -> spec.put("size", (int) layer.width());
            case DENSE -> spec.put("units", (int) layer.width());
            case BATCH_NORM, LAYER_NORM -> {
                spec.put("epsilon", EPSILON);
                notes.add(layer.kind() + " " + layer.title() + ": epsilon 1e-5, PyTorch's default, because"
                        + " the file does not state it (layers[].epsilon)");
            }
        }
    }

    private void recurrent(Block block, ObjectNode spec) {
        Tensor projection = block.parameters().get("weight_hr");
        if (projection != null) {
            spec.put("units", (int) projection.shape()[1]).put("projection", (int) block.outputs());
            return;
        }
        spec.put("units", (int) block.outputs());
        String nonlinearity = nonlinearities.get(block.module());
        if (block.cell() == Cell.RNN && nonlinearity != null) {
            spec.put("activation", nonlinearity);
        } else if (block.cell() == Cell.RNN) {
            notes.add(
                    "rnn " + block.title() + ": activation tanh, PyTorch's default, because the file does not state it"
                            + " (layers[].activation)");
        }
    }

    private void head(Chain.Head head, int position, boolean events, ObjectNode spec) {
        String activation = events ? "softmax" : "linear";
        spec.put("name", head.name()).put("activation", activation);
        notes.add("head " + head.name() + ": activation " + activation
                + (events ? ", because it has one output for each event" : "") + "; the file does not state it (heads["
                + position
                + "].activation)");
    }

    private void noteExecution() {
        if (!userSpec.has("execution")) {
            notes.add("execution: carry, because a state_dict does not state it; for a model trained on windows of n"
                    + " events, give --spec {\"execution\":{\"mode\":\"window\",\"length\":n}}");
        }
    }
}
