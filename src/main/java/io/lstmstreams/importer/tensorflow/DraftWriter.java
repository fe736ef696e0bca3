package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.DraftHead;
import io.lstmstreams.importer.draft.DraftInput;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.draft.Origin;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Orders the layers that the variables contain: layers before the cells, the cells, dense layers, heads. */
final class DraftWriter {
    private final Variables variables;
    private final JsonNode userLayers;
    private final boolean userNamesHeads;
    private final Draft draft;
    private KerasOptions keras;

    private DraftWriter(Variables variables, KerasOptions keras, JsonNode userSpec) {
        this.variables = variables;
        this.keras = keras;
        this.userLayers = userSpec.path("layers");
        this.userNamesHeads = !userSpec.path("heads").isEmpty();
        this.draft = new Draft(variables.file());
    }

    /**
     * Returns the draft.
     *
     * @param keras the options of Keras' layers in a SavedModel's graph
     * @param userSpec the user's spec, which may state the kinds of cells, and whose heads have the variables' order
     */
    static Draft write(Variables variables, KerasOptions keras, JsonNode userSpec) {
        DraftWriter writer = new DraftWriter(variables, keras, userSpec);
        writer.write();
        return writer.draft;
    }

    private void write() {
        UnsupportedScopes.refuse(variables);
        List<RecurrentLayer> cells = cells();
        checkChain(cells);
        DenseLayers dense = DenseLayers.of(variables);
        RecurrentLayer first = cells.get(0);
        RecurrentLayer last = cells.get(cells.size() - 1);
        keras = keras.forLayers(cells.size(), dense.count());
        List<Dense> behind = dense.behind(last.outputs(), embeddingByUse(dense, cells, last));
        List<Matrix> before = dense.before(first.inputs());
        requireOrder(cells, before);
        before.forEach(matrix -> addBefore(dense, matrix));
        for (int i = 0; i < cells.size(); i++) {
            addCell(cells.get(i), i);
        }
        addBehind(dense, behind);
        refuseUnread();
        long inputs = before.isEmpty() ? first.inputs() : before.get(0).rows();
        draft.input(
                !before.isEmpty() && isEmbedding(before.get(0), 0)
                        ? DraftInput.symbol(inputs, "because the first layer is an embedding of " + inputs + " events")
                        : DraftInput.numbers(inputs));
        draft.executionIsUnknown("the variables do not state it");
    }

    /**
     * Reads the recurrent layers. The user's spec may state the kinds of cells by position, and the number of layers
     * before the first cell is not known yet. So these layers are counted in the user's spec.
     */
    private List<RecurrentLayer> cells() {
        Cells cells = new Cells(variables);
        List<String> scopes = inStatedOrder(cells.scopes());
        if (scopes.isEmpty()) {
            throw new Unsupported(
                    variables.file(),
                    "does not contain a recurrent cell (no variable has a name like rnn/lstm_cell/kernel)");
        }
        int position = front();
        List<RecurrentLayer> found = new ArrayList<>();
        for (String scope : scopes) {
            found.add(cells.read(scope, position, userLayers.path(position)));
            position++;
        }
        return found;
    }

    /** Returns the scopes in the order of the names in the user's spec, if it names all of them. */
    private List<String> inStatedOrder(List<String> scopes) {
        List<String> stated = new ArrayList<>();
        userLayers.forEach(layer -> stated.add(layer.path("name").asText()));
        stated.retainAll(scopes);
        return Set.copyOf(stated).size() == scopes.size() ? stated : scopes;
    }

    /**
     * Asks for the order of cells that have names of their own, unless only one order fits. Numbers in names are an
     * order; the alphabet is none.
     */
    private void requireOrder(List<RecurrentLayer> cells, List<Matrix> before) {
        boolean named = userLayers.valueStream().anyMatch(layer -> layer.has("name"));
        boolean numbered = true;
        for (int i = 1; i < cells.size(); i++) {
            numbered &= isNumbered(cells.get(i - 1).scope(), cells.get(i).scope());
        }
        if (named || numbered || !otherOrderFits(cells)) {
            return;
        }
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        ArrayNode layers = spec.putArray("layers");
        before.forEach(matrix -> layers.addObject().put("cell", matrix.isEmbedding() ? "embedding" : "dense"));
        cells.forEach(cell -> layers.addObject()
                .put("cell", cell.spec().path("cell").asText())
                .put("name", cell.scope()));
        throw new Unsupported(
                variables.file(),
                "the order of its cells "
                        + String.join(
                                " and ",
                                cells.stream().map(RecurrentLayer::scope).toList())
                        + " is not stated; for this order, give --spec '" + spec + "'");
    }

    /** Returns whether the first parts in which two scopes differ are the same text with different numbers. */
    private static boolean isNumbered(String scope, String other) {
        String[] parts = scope.split("/", -1);
        String[] others = other.split("/", -1);
        int first = 0;
        while (first < Math.min(parts.length, others.length) && parts[first].equals(others[first])) {
            first++;
        }
        String part = first < parts.length ? parts[first] : "";
        String otherPart = first < others.length ? others[first] : "";
        return part.replaceAll("_?\\d+", "").equals(otherPart.replaceAll("_?\\d+", ""));
    }

    /**
     * Returns a matrix without a bias and without a telling name that fits before the cells as an embedding and behind
     * them as a layer, or null. The user's spec decides; if it does not, the matrix is refused.
     */
    private @Nullable Matrix embeddingByUse(DenseLayers dense, List<RecurrentLayer> cells, RecurrentLayer last) {
        for (Matrix matrix : dense.matrices()) {
            boolean before = matrix.bias().isEmpty()
                    && !matrix.isBefore()
                    && !matrix.isCalledKernel()
                    && matrix.columns() == cells.get(0).inputs();
            if (before && userLayers.path(0).path("cell").asText().equals("embedding")) {
                return matrix;
            }
            boolean behind = matrix.rows() == last.outputs() || matrix.columns() == last.outputs();
            if (before && behind && !userLayers.isArray()) {
                throw unknownPlace(matrix, cells);
            }
        }
        return null;
    }

    private Unsupported unknownPlace(Matrix matrix, List<RecurrentLayer> cells) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        ArrayNode layers = spec.putArray("layers");
        layers.addObject().put("cell", "?");
        cells.forEach(
                cell -> layers.addObject().put("cell", cell.spec().path("cell").asText()));
        return new Unsupported(
                variables.file(),
                "does not state whether " + matrix.kernel().variable().name()
                        + " is an embedding before the cells or a layer behind them; give --spec '" + spec
                        + "' with \"embedding\" for \"?\", or without this layer");
    }

    /** Returns whether two cells may be exchanged, so that sizes do not determine the order. */
    private static boolean otherOrderFits(List<RecurrentLayer> cells) {
        for (int i = 0; i < cells.size(); i++) {
            for (int j = i + 1; j < cells.size(); j++) {
                boolean same = cells.get(i).outputs() == cells.get(j).outputs();
                if (same && (i > 0 || cells.get(0).inputs() == cells.get(j).inputs())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns whether a matrix before the cells is an embedding, by its name or by the user's spec. */
    private boolean isEmbedding(Matrix matrix, int position) {
        String stated = userLayers.path(position).path("cell").asText();
        return matrix.isEmbedding() || (matrix.bias().isEmpty() && stated.equals("embedding"));
    }

    private int front() {
        int front = 0;
        for (JsonNode layer : userLayers) {
            if (!layer.path("cell").asText().matches("embedding|dense")) {
                return front;
            }
            front++;
        }
        return 0;
    }

    private void checkChain(List<RecurrentLayer> cells) {
        for (int i = 1; i < cells.size(); i++) {
            RecurrentLayer below = cells.get(i - 1);
            RecurrentLayer above = cells.get(i);
            if (above.inputs() != below.outputs()) {
                throw new Malformed(
                        variables.file(),
                        "cell " + above.scope() + " has " + above.inputs() + " inputs, but " + below.scope()
                                + " below it has " + below.outputs() + " outputs");
            }
        }
        if (cells.size() > 1) {
            draft.note("layers: in the order of their names, "
                    + String.join(
                            ", ", cells.stream().map(RecurrentLayer::scope).toList())
                    + "; residual connections between them are not recognised");
        }
    }

    private static ObjectNode spec(String cell) {
        return JsonNodeFactory.instance.objectNode().put("cell", cell);
    }

    private void addBefore(DenseLayers dense, Matrix matrix) {
        int below = draft.layers().size() - 1;
        int position = draft.layers().size();
        if (!isEmbedding(matrix, position)) {
            if (matrix.bias().isEmpty()
                    && below < 0
                    && !userLayers.path(position).has("cell")) {
                addDense(dense, matrix, false, below);
                draft.require(position, "cell", matrix.kernel().variable().name(), new TextNode("embedding"));
            } else {
                addHidden(dense, matrix, false, below);
            }
            return;
        }
        ObjectNode spec = spec("embedding").put("size", matrix.columns());
        if (keras.masked()) {
            spec.put("maskZero", true);
        }
        draft.addLayer(new DraftLayer(spec, Map.of("weight", dense.kernel(matrix, true)), matrix.columns()));
    }

    private int addDense(DenseLayers dense, Matrix matrix, boolean turned, int from) {
        long outputs = turned ? matrix.rows() : matrix.columns();
        ObjectNode spec = spec("dense").put("units", outputs);
        keras.denseActivation(dense.index(matrix)).ifPresent(known -> spec.set("activation", known));
        return draft.addLayer(new DraftLayer(spec, parameters(dense, matrix, turned), outputs), List.of(from));
    }

    private int addHidden(DenseLayers dense, Matrix matrix, boolean turned, int from) {
        int position = addDense(dense, matrix, turned, from);
        if (!draft.layers().get(position).spec().has("activation")) {
            draft.require(position, "activation", matrix.kernel().variable().name(), new TextNode("relu"));
        }
        return position;
    }

    private static Map<String, Tensor> parameters(DenseLayers dense, Matrix matrix, boolean turned) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("weight", dense.kernel(matrix, turned));
        dense.bias(matrix, turned ? matrix.rows() : matrix.columns()).ifPresent(bias -> parameters.put("bias", bias));
        return parameters;
    }

    private void addCell(RecurrentLayer cell, int index) {
        int position = draft.addLayer(new DraftLayer(cell.spec(), cell.parameters(), cell.outputs()));
        ObjectNode spec = draft.layers().get(position).spec();
        if (KerasCell.isAt(variables, cell.scope())) {
            keras.completeCell(spec, index);
            requireOptions(spec, position, cell.scope());
        } else {
            noteDefaults(spec, position, cell.scope());
        }
    }

    /** Requires the options of a cell of Keras that the graph does not state. */
    private void requireOptions(ObjectNode spec, int position, String scope) {
        String kind = spec.path("cell").asText();
        Map<String, JsonNode> options = new LinkedHashMap<>();
        options.put("activation", new TextNode("tanh"));
        if (!kind.equals("rnn")) {
            options.put("recurrentActivation", new TextNode("sigmoid"));
        }
        if (kind.equals("gru")) {
            options.put("resetAfter", BooleanNode.TRUE);
        }
        options.forEach((option, example) -> {
            if (!spec.has(option)) {
                draft.require(position, option, scope, example);
            }
        });
    }

    private void noteDefaults(ObjectNode spec, int position, String scope) {
        Origin cell = Origin.defaultOf("TensorFlow's cell " + scope);
        if (spec.path("cell").asText().equals("lstm")) {
            Origin added = Origin.defaultOf("TensorFlow's cell " + scope + ", which adds it at run time");
            draft.assume(position, "forgetBias", spec.path("forgetBias").asText("0"), added);
            draft.assume(position, "cellClip", "none", cell);
            if (spec.has("projection")) {
                draft.assume(position, "projectionClip", "none", cell);
            }
        }
        draft.assume(position, "activation", "tanh", cell);
    }

    /** Adds inner layers and heads; a head is a layer that no other layer reads. */
    private void addBehind(DenseLayers dense, List<Dense> behind) {
        int lastCell = draft.layers().size() - 1;
        Map<Dense, Integer> positions = new HashMap<>();
        List<Dense> outer = new ArrayList<>();
        for (Dense layer : behind) {
            boolean inner = behind.stream()
                    .anyMatch(other -> other.from().filter(layer::equals).isPresent());
            if (inner) {
                int from = layer.from().map(positions::get).orElse(lastCell);
                positions.put(layer, addHidden(dense, layer.matrix(), layer.turned(), from));
            } else {
                outer.add(layer);
            }
        }
        for (Dense head : outer) {
            JsonNode known = keras.denseActivation(dense.index(head.matrix())).orElse(null);
            draft.addHead(new DraftHead(
                    headName(head, outer),
                    known,
                    known == null ? null : Origin.file("as in the graph"),
                    head.from().map(positions::get).orElse(lastCell),
                    parameters(dense, head.matrix(), head.turned()),
                    head.outputs(),
                    head.matrix().kernel().variable().name()));
        }
        if (outer.isEmpty()) {
            draft.addHead(new DraftHead("output", lastCell, Map.of(), -1, "the last cell's output"));
        }
        draft.headsAreUnsorted(userNamesHeads);
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
}
