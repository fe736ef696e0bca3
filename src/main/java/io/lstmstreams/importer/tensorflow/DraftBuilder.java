package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.EventInput;
import io.lstmstreams.importer.tensorflow.DenseLayers.Dense;
import io.lstmstreams.importer.tensorflow.DenseLayers.Matrix;
import io.lstmstreams.importer.tensorflow.Variables.Named;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Orders the layers that the variables contain: layers before the cells, the cells, dense layers, heads. */
final class DraftBuilder {
    private final Variables variables;
    private final JsonNode given;
    private final ObjectNode spec = JsonNodeFactory.instance.objectNode();
    private final List<Map<String, Tensor>> layers = new ArrayList<>();
    private final List<Map<String, Tensor>> heads = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private KerasOptions keras;

    private DraftBuilder(Variables variables, KerasOptions keras, JsonNode given) {
        this.variables = variables;
        this.keras = keras;
        this.given = given;
    }

    /**
     * Builds the draft.
     *
     * @param keras the options of Keras' layers in a SavedModel's graph
     * @param given the user's spec
     */
    static Draft build(Variables variables, KerasOptions keras, JsonNode given) {
        DraftBuilder builder = new DraftBuilder(variables, keras, given);
        builder.build();
        return new Draft(builder.spec, builder.layers, builder.heads, builder.notes);
    }

    private void build() {
        Unstreamable.refuse(variables);
        Cells cells = new Cells(variables);
        List<String> scopes = cells.scopes();
        if (scopes.isEmpty()) {
            throw new Unsupported(
                    variables.file(),
                    "does not contain a recurrent cell (no variable has a name like rnn/lstm_cell/kernel)");
        }
        // The number of layers before the cells is known only with the first cell's size. A cell's kind may be looked
        // up
        // in the user's spec before that, so that the spec's layers before the cells are counted.
        int front = front();
        List<Layer> found = new ArrayList<>();
        for (String scope : scopes) {
            found.add(
                    cells.read(scope, front + found.size(), given.path("layers").path(front + found.size())));
        }
        checkChain(found);
        DenseLayers dense = DenseLayers.of(variables);
        Layer last = found.get(found.size() - 1);
        keras = keras.forLayers(found.size(), dense.count());
        List<Dense> behind = dense.behind(last.outputs());
        List<Matrix> before = dense.before(found.get(0).inputs());
        long inputs = before.isEmpty() ? found.get(0).inputs() : before.get(0).rows();
        before.forEach(matrix -> addBefore(dense, matrix));
        for (int i = 0; i < found.size(); i++) {
            addCell(found.get(i), i);
        }
        int lastCell = layers.size() - 1;
        long firstHead = addBehind(dense, behind, lastCell, last, inputs);
        refuseUnread();
        input(inputs, firstHead, !before.isEmpty() && before.get(0).isEmbedding());
        spec.putObject("execution").put("mode", "carry");
        notes.add(
                "execution: carry, because the variables do not state it; for a model that was trained on windows of n"
                        + " events, give --spec with execution");
        if (!missing.isEmpty()) {
            throw new Unsupported(
                    variables.file(),
                    "its variables do not state " + String.join(", ", missing) + "; give these fields with --spec");
        }
    }

    private int front() {
        int front = 0;
        for (JsonNode layer : given.path("layers")) {
            if (!layer.path("cell").asText().matches("embedding|dense")) {
                return front;
            }
            front++;
        }
        return 0;
    }

    private void checkChain(List<Layer> cells) {
        for (int i = 1; i < cells.size(); i++) {
            Layer below = cells.get(i - 1);
            Layer above = cells.get(i);
            if (above.inputs() != below.outputs()) {
                throw new Malformed(
                        variables.file(),
                        "cell " + above.scope() + " has " + above.inputs() + " inputs, but " + below.scope()
                                + " below it has " + below.outputs() + " outputs");
            }
        }
        if (cells.size() > 1) {
            notes.add("layers: in the order of their names, "
                    + String.join(", ", cells.stream().map(Layer::scope).toList())
                    + "; residual connections between them are not recognised");
        }
    }

    private ObjectNode addLayer(Map<String, Tensor> parameters, String cell) {
        layers.add(parameters);
        return spec.withArray("/layers").addObject().put("cell", cell);
    }

    private void addBefore(DenseLayers dense, Matrix matrix) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        if (matrix.isEmbedding()) {
            parameters.put("weight", dense.kernel(matrix, true));
            ObjectNode layer = addLayer(parameters, "embedding").put("size", matrix.columns());
            if (keras.masked()) {
                layer.put("maskZero", true);
            }
            return;
        }
        addHidden(dense, matrix, false);
    }

    private void addHidden(DenseLayers dense, Matrix matrix, boolean turned) {
        int position = layers.size();
        ObjectNode layer = addLayer(parameters(dense, matrix, turned), "dense");
        long outputs = turned ? matrix.rows() : matrix.columns();
        layer.put("units", outputs);
        Optional<JsonNode> known = keras.denseActivation(dense.index(matrix));
        if (known.isPresent()) {
            layer.set("activation", known.get());
        } else if (given.path("layers").path(position).path("activation").isMissingNode()) {
            missing.add("layers[" + position + "].activation (of "
                    + matrix.kernel().variable().name() + ")");
        }
    }

    private static Map<String, Tensor> parameters(DenseLayers dense, Matrix matrix, boolean turned) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("weight", dense.kernel(matrix, turned));
        dense.bias(matrix, turned ? matrix.rows() : matrix.columns()).ifPresent(bias -> parameters.put("bias", bias));
        return parameters;
    }

    private void addCell(Layer cell, int index) {
        int position = layers.size();
        layers.add(cell.parameters());
        spec.withArray("/layers").add(cell.spec());
        if (KerasCell.isAt(variables, cell.scope())) {
            keras.completeCell(
                    cell.spec(), index, position, given.path("layers").path(position), missing);
        } else {
            noteOptions(cell, position);
        }
    }

    private void noteOptions(Layer cell, int position) {
        String where = "layers[" + position + "] (" + cell.scope() + "): ";
        String kind = cell.spec().path("cell").asText();
        if (kind.equals("lstm")) {
            notes.add(where + "forgetBias " + cell.spec().path("forgetBias").asText("0")
                    + " is the default of TensorFlow's cell, which adds it at run time and does not store it; if your"
                    + " cell has another forget_bias, give it with --spec");
            notes.add(where + "activation"
                    + (cell.spec().has("projection") ? ", cellClip and projectionClip" : " and cellClip")
                    + " are not stored; unless --spec gives them, they are TensorFlow's defaults: tanh, no clipping");
        } else {
            notes.add(where + "activation is not stored; unless --spec gives it, it is TensorFlow's default: tanh");
        }
    }

    /** Adds inner layers and heads; a head is a layer that no other layer reads. */
    private long addBehind(DenseLayers dense, List<Dense> behind, int lastCell, Layer last, long inputs) {
        Map<Dense, Integer> positions = new HashMap<>();
        List<Dense> outer = new ArrayList<>();
        for (Dense layer : behind) {
            boolean inner = behind.stream()
                    .anyMatch(other -> other.from().filter(layer::equals).isPresent());
            if (inner) {
                int from = layer.from().map(positions::get).orElse(lastCell);
                addHidden(dense, layer.matrix(), layer.turned());
                from(spec.withArray("/layers").get(layers.size() - 1), from, layers.size() - 2);
                positions.put(layer, layers.size() - 1);
            } else {
                outer.add(layer);
            }
        }
        long first = outer.isEmpty() ? last.outputs() : outer.get(0).outputs();
        for (Dense head : outer) {
            heads.add(parameters(dense, head.matrix(), head.turned()));
            Optional<JsonNode> known = keras.denseActivation(dense.index(head.matrix()));
            JsonNode activation = known.orElse(
                    JsonNodeFactory.instance.textNode(predictsEvents(inputs, head.outputs()) ? "softmax" : "linear"));
            ObjectNode headSpec = spec.withArray("/heads")
                    .addObject()
                    .put("name", headName(head, outer))
                    .set("activation", activation);
            from(headSpec, head.from().map(positions::get).orElse(lastCell), layers.size() - 1);
            notes.add("heads[" + (heads.size() - 1) + "] is "
                    + head.matrix().kernel().variable().name() + ", activation "
                    + activation.asText(activation.toString())
                    + (known.isPresent()
                            ? ", as in the graph"
                            : ", inferred from its size; the variables do not state it, give another with --spec"));
        }
        if (outer.isEmpty()) {
            heads.add(Map.of());
            spec.withArray("/heads").addObject().put("name", "output").put("activation", "linear");
            notes.add("heads[0] is the last cell's output, because there is no dense layer after it");
        }
        return first;
    }

    private static void from(JsonNode node, int from, int usual) {
        if (from != usual) {
            ((ObjectNode) node).put("from", from);
        }
    }

    private static String headName(Dense head, List<Dense> all) {
        String scope = head.matrix().scope();
        String name = VariableName.last(scope);
        long same = all.stream()
                .filter(other -> VariableName.last(other.matrix().scope()).equals(name))
                .count();
        String unique = same > 1 ? scope : name;
        return unique.isEmpty() ? "output" : unique;
    }

    private void refuseUnread() {
        for (Named left : variables.unread()) {
            throw variables.unsupported(
                    left,
                    "of shape " + Tensor.text(left.shape()) + " and type "
                            + left.variable().type() + " does not belong to a supported layer");
        }
    }

    private static boolean predictsEvents(long inputs, long outputs) {
        return EventInput.isIndex(inputs, outputs) || EventInput.isOneHot(inputs, outputs);
    }

    private void input(long inputs, long firstHead, boolean embedding) {
        String encoding;
        if (EventInput.isIndex(inputs, firstHead)) {
            encoding = "index";
        } else {
            encoding = embedding || predictsEvents(inputs, firstHead) ? "one-hot" : "dense";
        }
        spec.putObject("input").put("encoding", encoding).put("size", inputs);
        notes.add("input: " + encoding + " of " + inputs + ", because the first head has " + firstHead + " outputs"
                + (embedding ? " and the first layer is an embedding" : ""));
    }
}
