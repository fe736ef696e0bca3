package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.tensorflow.Variables.Named;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds the recurrent cells: scopes whose variables have the names or the shapes of a cell's variables. */
final class Cells {
    private static final Pattern LSTM = Pattern.compile("(.*_)?lstm_(.*_)?cell(_\\d+)?");
    private static final Pattern RNN = Pattern.compile("(.*_)?rnn_cell(_\\d+)?");
    private static final Pattern AROUND_CELLS = Pattern.compile("(.*_)?rnn(_\\d+)?|cell_\\d+");
    private static final Pattern DENSE =
            Pattern.compile(".*(dense|fully_connected|softmax|out|logit|proj|fc|linear|head|pred|embed|layer).*");

    private final Variables variables;

    Cells(Variables variables) {
        this.variables = variables;
    }

    /** Returns the scopes of all cells, in the order of the layers. */
    List<String> scopes() {
        Set<String> scopes = new LinkedHashSet<>();
        for (Named named : variables.all()) {
            String scope = named.name().scope();
            String outer = VariableName.parent(scope);
            String outermost = VariableName.parent(outer);
            for (String candidate : List.of(scope, outer, outermost)) {
                if (isCell(candidate)) {
                    scopes.add(candidate);
                }
            }
        }
        if (scopes.isEmpty()) { // weak evidence counts only without clear evidence
            variables.all().forEach(named -> {
                if (isLikeCell(named)) {
                    scopes.add(named.name().scope());
                }
            });
        }
        return new ArrayList<>(scopes);
    }

    private boolean isCell(String scope) {
        String last = VariableName.last(scope);
        return KerasCell.isAt(variables, scope)
                || GruCell.isAt(variables, scope)
                || LstmCell.isAt(variables, scope)
                || (variables.has(scope, "kernel") && isNamedLikeCell(last));
    }

    private static boolean isNamedLikeCell(String name) {
        return LSTM.matcher(name).matches()
                || name.startsWith("lstm_fused")
                || (RNN.matcher(name).matches() && !name.contains("multi"));
    }

    /**
     * Returns whether a variable is a kernel with a shape that a cell can have, in a scope that is named like a cell or
     * directly inside the scope of dynamic_rnn.
     */
    private boolean isLikeCell(Named named) {
        VariableName name = named.name();
        if (!name.leaf().equals("kernel") || named.rank() != 2 || !variables.has(name.scope(), "bias")) {
            return false;
        }
        String around = VariableName.last(VariableName.parent(name.scope()));
        boolean inRnn = AROUND_CELLS.matcher(around).matches()
                && !DENSE.matcher(name.lastScope()).matches();
        return (inRnn || name.lastScope().contains("lstm") || name.lastScope().contains("cell"))
                && (canBeLstm(named.shape()) || canBeRnn(named.shape()));
    }

    private static boolean canBeLstm(long... kernel) {
        return kernel[1] % 4 == 0 && kernel[0] > kernel[1] / 4;
    }

    private static boolean canBeRnn(long... kernel) {
        return kernel[0] > kernel[1];
    }

    /**
     * Reads a cell.
     *
     * @param position the position of its layer in the model
     * @param given the user's spec of this layer, for settings that do not follow from the variables
     */
    RecurrentLayer read(String scope, int position, JsonNode given) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        if (KerasCell.isAt(variables, scope)) {
            return KerasCell.read(variables, scope, spec);
        }
        if (GruCell.isAt(variables, scope)) {
            return GruCell.read(variables, scope, spec);
        }
        String last = VariableName.last(scope);
        if (LstmCell.isAt(variables, scope) || last.contains("lstm")) {
            return LstmCell.read(variables, scope, spec);
        }
        if (RNN.matcher(last).matches()) {
            return RnnCell.read(variables, scope, spec);
        }
        return switch (given.path("cell").asText(kindByShape(scope))) {
            case "lstm" -> LstmCell.read(variables, scope, spec);
            case "rnn" -> RnnCell.read(variables, scope, spec);
            case "" ->
                throw new Unsupported(
                        variables.file(),
                        "cell " + scope + " may be an LSTM or a simple RNN; give its kind with --spec in layers["
                                + position + "].cell");
            default ->
                throw new Malformed(
                        variables.file(),
                        "the spec says that cell " + scope + " is a "
                                + given.path("cell").asText() + ", but its variables do not fit");
        };
    }

    private String kindByShape(String scope) {
        long[] shape = variables.shape(scope, "kernel");
        if (shape.length == 2 && canBeLstm(shape) != canBeRnn(shape)) {
            return canBeLstm(shape) ? "lstm" : "rnn";
        }
        return "";
    }
}
