package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.Readable;
import io.lstmstreams.recurrent.RecurrentLayer;
import io.lstmstreams.recurrent.Wiring;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A description of a layer or head: every vector with its length, and the matrix and bias that compute it. People read
 * it as text, programs read the sizes as JSON. Not thread-safe.
 */
public final class LayerDescription {
    private final String title;
    private final StringBuilder lines = new StringBuilder();
    private final ObjectNode sizes = SpecJson.MAPPER.createObjectNode();

    private LayerDescription(String title) {
        this.title = title;
    }

    /** Describes the layer with this index. */
    public static LayerDescription ofLayer(Network network, int index) {
        Layer layer = network.layers().get(index);
        String output = layer instanceof RecurrentLayer recurrent
                ? recurrent.units() + " units"
                : Integer.toString(layer.outputSize());
        LayerDescription description =
                new LayerDescription("%s, %d -> %s".formatted(layer.specName(), layer.inputSize(), output));
        description.vector("x", layer.inputSize(), inputs(network, index));
        LayerTypes.of(layer).describe(layer, description);
        return description;
    }

    private static String inputs(Network network, int index) {
        List<Integer> from = network.wiring().layers().get(index);
        return from.stream().map(below -> input(network, below)).collect(Collectors.joining(" and "));
    }

    private static String input(Network network, int below) {
        if (below != Wiring.INPUT) {
            boolean recurrent = network.layers().get(below) instanceof RecurrentLayer;
            return "the " + (recurrent ? "h" : "output") + " of layer " + below;
        }
        return switch (network.encoding()) {
            case ONE_HOT -> "the event, one-hot";
            case DENSE -> "the event, a dense vector";
            case INDEX -> "the event's index, as a number";
            case FIELDS -> "the fields of the event, side by side";
        };
    }

    /** Describes the head with this index. */
    public static LayerDescription ofHead(Network network, int index) {
        Head head = network.heads().get(index);
        String name = head.name().isEmpty() ? "(unnamed)" : head.name();
        String activation = name(head.activation());
        String from = network.wiring().isChain()
                ? ""
                : ", reads layer " + network.wiring().heads().get(index);
        LayerDescription description = new LayerDescription(
                "%s, %d -> %d %s%s".formatted(name, head.inputs(), head.outputs(), activation, from));
        description.sizes.put("name", head.name());
        if (head.isIdentity()) {
            description.line("y", head.outputs(), activation + "(h), without weights");
        } else {
            description.productLine("y", head.outputs(), head.inputs(), activation + "(W h + b)");
            putWeights(description.sizes, head.outputs(), head.inputs());
        }
        description.sizes.put("out", head.outputs());
        return description;
    }

    /** Returns one line: the layer's cell or the head's name, and the lengths of input and output. */
    public String title() {
        return title;
    }

    /** Returns a line for every vector, in the order of the arithmetic. */
    public String text() {
        return lines.toString();
    }

    /** Returns the lengths of all vectors and the shapes of all matrices, by name. */
    public ObjectNode sizes() {
        return sizes;
    }

    /** Adds a vector. If a step replaces a vector, the vector is added twice, with the same length. */
    void vector(String name, int size, String what) {
        line(name, size, what);
        sizes.put(name, size);
    }

    /**
     * Adds the vector of x and h that all gates read.
     *
     * @param what the end of the line, after {@code x and h, one under the other}
     * @param clip the limit of the absolute value of the gates' sums; 0 for no limit
     */
    void stacked(int size, String what, float clip) {
        String sums = clip > 0 ? ", its sums within " + range(clip) : "";
        line("[x; h]", size, "x and h, one under the other" + what + sums);
        sizes.put("xh", size);
    }

    /** Adds a vector that is a product with a matrix {@code [size, columns]}, with a bias. */
    void product(String name, int size, int columns, String what) {
        productLine(name, size, columns, what);
        sizes.put(name, size);
    }

    /** Adds a gate that is a product with a matrix {@code [size, columns]}, with a bias. */
    void gate(String name, int size, int columns, String what) {
        productLine(name, size, columns, what);
        ObjectNode gate = sizes.withObjectProperty("gates").putObject(name);
        putWeights(gate, size, columns);
        gate.put("out", size);
    }

    /** Adds a gate that is computed from another gate. */
    void gateWithoutWeights(String name, int size, String what) {
        line(name, size, what);
        sizes.withObjectProperty("gates").putObject(name).put("out", size);
    }

    /** Adds a matrix without a bias, which has no line of its own in the text. */
    void matrix(String name, int rows, int columns) {
        sizes.putArray(name).add(rows).add(columns);
    }

    private static void putWeights(ObjectNode node, int rows, int columns) {
        node.putArray("W").add(rows).add(columns);
        node.put("b", rows);
    }

    private void line(String name, int size, String what) {
        lines.append("  %-8s %5d   %s%n".formatted(name, size, what));
    }

    private void productLine(String name, int size, int columns, String what) {
        line(name, size, "W %-11s b %-5d %s".formatted(size + " x " + columns, size, what));
    }

    /** Returns the function's name, with its parameters if it has any. */
    static String name(Activation activation) {
        Activation.Kind kind = activation.kind();
        if (!kind.hasAlpha()) {
            return kind.specName();
        }
        String beta = kind.hasBeta() ? ", beta " + Readable.number(activation.beta()) : "";
        return "%s[alpha %s%s]".formatted(kind.specName(), Readable.number(activation.alpha()), beta);
    }

    /** Returns the end of a line for a vector whose absolute values have a limit; empty for the limit 0, no limit. */
    static String within(float limit) {
        return limit > 0 ? ", within " + range(limit) : "";
    }

    private static String range(float limit) {
        return "-%1$s to %1$s".formatted(Readable.number(limit));
    }
}
