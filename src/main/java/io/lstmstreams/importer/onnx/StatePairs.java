package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.run.NdArray;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The pairs of state inputs and state outputs of a graph of one step: by their names, such as {@code h} and {@code
 * hn} or
 * {@code state_in} and {@code state_out}, and otherwise by their order among those of the same shape.
 */
final class StatePairs {
    private static final Set<String> NOISE = Set.of(
            "in",
            "out",
            "input",
            "output",
            "prev",
            "previous",
            "next",
            "new",
            "initial",
            "init",
            "final",
            "last",
            "past",
            "present",
            "old");

    private final String file;
    private final Map<String, NdArray> inputs;
    private final Map<String, NdArray> outputs;
    private final List<String> states;
    private final Set<String> heads;
    private final boolean amongHeads;

    /**
     * Prepares the search.
     *
     * @param inputs the values of all inputs
     * @param outputs the values of all outputs
     * @param states the inputs that the cells take as their states, in the graph's order
     * @param heads the outputs that became heads
     * @param amongHeads true if a head may be a state output by its shape alone
     */
    StatePairs(
            String file,
            Map<String, NdArray> inputs,
            Map<String, NdArray> outputs,
            List<String> states,
            Set<String> heads,
            boolean amongHeads) {
        this.file = file;
        this.inputs = inputs;
        this.outputs = outputs;
        this.states = states;
        this.heads = heads;
        this.amongHeads = amongHeads;
    }

    /** Returns the state output for each state input. */
    Map<String, String> successors() {
        Map<String, String> pairs = new LinkedHashMap<>();
        List<String> free = new ArrayList<>(outputs.keySet());
        pairByName(pairs, free, true);
        pairByName(pairs, free, false);
        if (!amongHeads) {
            free.removeAll(heads);
        }
        free.sort(Comparator.comparing(heads::contains)); // a head is a state output only if no other output is
        for (String input : states) {
            if (!pairs.containsKey(input)) {
                free.stream().filter(output -> fits(input, output)).findFirst().ifPresent(output -> {
                    pairs.put(input, output);
                    free.remove(output);
                });
            }
        }
        return pairs;
    }

    private void pairByName(Map<String, String> pairs, List<String> free, boolean withNumbers) {
        for (String input : inputs.keySet()) {
            String base = base(input, withNumbers);
            List<String> same = free.stream()
                    .filter(output -> fits(input, output) && base.equals(base(output, withNumbers)))
                    .toList();
            if (same.size() != 1 || base.isEmpty() || pairs.containsKey(input)) {
                continue;
            }
            if (!states.contains(input) && inputs.size() > states.size() + 1) {
                throw new Unsupported(
                        file,
                        "its input " + input + " is a state that its output " + same.get(0)
                                + " replaces, but no recurrent layer has this state");
            }
            if (states.contains(input)) {
                pairs.put(input, same.get(0));
                free.remove(same.get(0));
            }
        }
    }

    /** Returns whether an input and an output have the same name except for words such as in and out. */
    static boolean haveOneName(String input, String output) {
        String base = base(input, false);
        return !base.isEmpty() && base.equals(base(output, false));
    }

    private boolean fits(String input, String output) {
        NdArray from = inputs.get(input);
        NdArray to = outputs.get(output);
        return from != null
                && to != null
                && from.type() == to.type()
                && from.rank() > 0
                && Arrays.equals(from.shape(), to.shape());
    }

    /**
     * Returns a name without what tells the state before a step from the state after it.
     *
     * @param withNumbers true to keep the number in a name such as h0, which may be a layer's or the time's
     */
    private static String base(String name, boolean withNumbers) {
        StringBuilder base = new StringBuilder();
        String[] words = name.replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT)
                .split("[^a-z0-9]+", -1);
        for (String word : words) {
            if (NOISE.contains(word)) {
                continue;
            }
            String plain = word.matches("[a-z][0-9]*n|state[0-9]*n") ? word.substring(0, word.length() - 1) : word;
            plain = !withNumbers && plain.matches("[a-z][01]") ? plain.substring(0, 1) : plain;
            if (!plain.equals("n") && (withNumbers || !plain.equals("0"))) {
                base.append(plain).append('_');
            }
        }
        return base.toString();
    }
}
