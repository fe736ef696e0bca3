package io.lstmstreams.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.ActivationLayer;
import io.lstmstreams.recurrent.DenseLayer;
import io.lstmstreams.recurrent.EmbeddingLayer;
import io.lstmstreams.recurrent.GruLayer;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.LstmOptions;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.RecurrentLayer;
import io.lstmstreams.recurrent.RnnLayer;
import io.lstmstreams.recurrent.SliceLayer;
import io.lstmstreams.recurrent.Wiring;
import java.util.List;
import java.util.stream.Collectors;

/** A description of one layer: every vector that it reads and computes, and every gate with its matrix. */
final class LayerDescription {
    private final Network network;
    private final int index;
    private final Layer layer;
    private final StringBuilder out = new StringBuilder();

    LayerDescription(Network network, int index) {
        this.network = network;
        this.index = index;
        this.layer = network.layers().get(index);
    }

    String text() {
        String units = layer instanceof RecurrentLayer ? " units" : "";
        ModelDescription.line(
                out,
                "layer " + index,
                layer.cell() + ", " + layer.inputSize() + " -> "
                        + (layer instanceof RecurrentLayer cell ? cell.units() : layer.outputSize()) + units);
        vector(out, "x", layer.inputSize(), reads());
        if (layer instanceof LstmLayer lstm) {
            lstm(lstm);
        } else if (layer instanceof GruLayer gru) {
            gru(gru);
        } else if (layer instanceof RnnLayer rnn) {
            vector(out, "h", rnn.units(), "hidden state, from the step before");
            vector(
                    out,
                    "[x; h]",
                    rnn.inputSize() + rnn.units(),
                    "x and h, one under the other" + sumsWithin(rnn.clip()));
            String w = rnn.units() + " x " + (rnn.inputSize() + rnn.units());
            product(out, "h", rnn.units(), w, name(rnn.activation()) + "(W [x; h] + b)");
        } else if (layer instanceof DenseLayer dense) {
            String w = dense.outputSize() + " x " + dense.inputSize();
            product(out, "y", dense.outputSize(), w, name(dense.activation()) + "(W x + b)");
        } else if (layer instanceof EmbeddingLayer embedding) {
            vector(out, "y", embedding.outputSize(), "the event's row of a table of " + embedding.inputSize());
        } else if (layer instanceof SliceLayer slice) {
            int end = slice.offset() + slice.outputSize() - 1;
            vector(out, "y", slice.outputSize(), "x[%d..%d]".formatted(slice.offset(), end));
        } else if (layer instanceof ActivationLayer function) {
            vector(out, "y", layer.outputSize(), name(function.activation()) + "(x)");
        } else {
            vector(out, "y", layer.outputSize(), layer.cell());
        }
        return out.toString();
    }

    private String reads() {
        List<Integer> from = network.wiring().layers().get(index);
        return from.stream().map(this::reads).collect(Collectors.joining(" and "));
    }

    private String reads(int from) {
        if (from != Wiring.INPUT) {
            return "the " + (network.layers().get(from) instanceof RecurrentLayer ? "h" : "output") + " of layer "
                    + from;
        }
        return switch (network.encoding()) {
            case ONE_HOT -> "the event, one-hot";
            case DENSE -> "the event, a dense vector";
            case INDEX -> "the event's index, as a number";
            case FIELDS -> "the fields of the event, side by side";
        };
    }

    private void lstm(LstmLayer lstm) {
        LstmOptions options = lstm.options();
        int x = lstm.inputSize();
        int h = lstm.outputSize();
        int c = lstm.units();
        String w = c + " x " + (x + h);
        String gate = name(options.recurrentActivation());
        String see = options.peepholes() == null ? "" : " + p * c";
        String norm = options.norm() == null ? "" : ", each layer-normalised";
        String reads = "x and h, one under the other: what every gate reads" + norm + sumsWithin(options.gateClip());
        vector(out, "h", h, "hidden state, from the step before");
        vector(out, "c", c, "cell state, from the step before");
        vector(out, "[x; h]", x + h, reads);
        if (options.inputForget()) {
            vector(out, "f", c, "forget gate     1 - i");
        } else {
            product(out, "f", c, w, gateText("forget gate", gate, "f", see));
        }
        product(out, "i", c, w, gateText("input gate", gate, "i", see));
        product(out, "g", c, w, gateText("candidate", name(options.activation()), "g", ""));
        product(out, "o", c, w, gateText("output gate", gate, "o", see));
        vector(out, "c", c, "new cell state     f * c + i * g, element by element" + within(options.cellClip()));
        String output = "o * " + name(options.outputActivation()) + "(c)";
        if (options.projection() == null) {
            vector(out, "h", h, "new hidden state   " + output + ", element by element");
        } else {
            vector(
                    out,
                    "h",
                    h,
                    "new hidden state   P (%s), P %d x %d%s".formatted(output, h, c, within(options.projectionClip())));
        }
    }

    private static String gateText(String what, String function, String gate, String more) {
        return "%-15s %s(W_%s [x; h] + b_%s%s)".formatted(what, function, gate, gate, more);
    }

    private void gru(GruLayer gru) {
        int h = gru.units();
        String w = h + " x " + (gru.inputSize() + h);
        String gate = name(gru.options().recurrentActivation());
        vector(out, "h", h, "hidden state, from the step before");
        String reads = "x and h, one under the other: what every gate reads";
        vector(
                out,
                "[x; h]",
                gru.inputSize() + h,
                reads + sumsWithin(gru.options().clip()));
        product(out, "r", h, w, gateText("reset gate", gate, "r", ""));
        product(out, "z", h, w, gateText("update gate", gate, "z", ""));
        String candidate =
                gru.options().resetAfter() ? "W_n x + b_n + r * (U_n h + b_hn)" : "W_n x + b_n + U_n (r * h)";
        product(
                out,
                "n",
                h,
                w,
                "candidate       %s(%s)".formatted(name(gru.options().activation()), candidate));
        vector(out, "h", h, "new hidden state   (1 - z) * n + z * h, element by element");
    }

    private static String within(float limit) {
        return limit > 0 ? ", within -%s to %s".formatted(limit, limit) : "";
    }

    private static String sumsWithin(float limit) {
        return limit > 0 ? ", its sums" + within(limit).substring(1) : "";
    }

    /** Returns the function's name with its parameters, if it has any. */
    static String name(Activation activation) {
        Activation.Kind kind = activation.kind();
        if (!kind.hasAlpha()) {
            return kind.specName();
        }
        String beta = kind.hasBeta() ? ", beta " + activation.beta() : "";
        return "%s[alpha %s%s]".formatted(kind.specName(), activation.alpha(), beta);
    }

    static void vector(StringBuilder out, String name, int size, String what) {
        out.append("  %-8s %5d   %s%n".formatted(name, size, what));
    }

    static void product(StringBuilder out, String name, int size, String weights, String what) {
        out.append("  %-8s %5d   W %-11s b %-5d %s%n".formatted(name, size, weights, size, what));
    }

    /** Writes the sizes of a recurrent layer's vectors and gates as JSON. */
    static void sizes(ObjectNode sizes, RecurrentLayer layer) {
        int xh = layer.inputSize() + layer.outputSize();
        sizes.put("h", layer.outputSize());
        if (layer.cellStateSize() > 0) {
            sizes.put("c", layer.cellStateSize());
        }
        sizes.put("xh", xh);
        LstmOptions options = layer instanceof LstmLayer lstm ? lstm.options() : LstmOptions.NONE;
        if (options.projection() != null) {
            sizes.putArray("P").add(layer.outputSize()).add(layer.units());
        }
        List<String> names = switch (layer.cell()) {
            case "lstm" -> List.of("f", "i", "g", "o");
            case "gru" -> List.of("r", "z", "n");
            default -> List.of("h");
        };
        ObjectNode gates = sizes.putObject("gates");
        for (String gate : names) {
            ObjectNode size = gates.putObject(gate);
            if (!(options.inputForget() && gate.equals("f"))) { // f is 1 - i
                size.putArray("W").add(layer.units()).add(xh);
                size.put("b", layer.units());
            }
            size.put("out", layer.units());
        }
    }
}
