package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.format.OnnxGraph;
import io.lstmstreams.importer.onnx.format.OnnxNode;
import io.lstmstreams.importer.onnx.format.OnnxValueInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the inputs that hold the lengths of padded sequences, which a stream does not have. */
final class LengthInputs {
    private static final Pattern NAME = Pattern.compile("(?i)(.*[_./])?(x|seq|sequence|input|src)?_?s?(len|length)s?");
    private static final Map<String, Integer> LENGTHS_OF = Map.of("LSTM", 4, "GRU", 4, "RNN", 4);
    private static final Set<String> PASSING =
            Set.of("Cast", "Identity", "TopK", "Gather", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Slice", "Clip");

    private LengthInputs() {}

    /** Returns the inputs of integers that recurrent layers take as lengths, or that are named so. */
    static Set<OnnxValueInfo> of(OnnxGraph graph) {
        Set<String> constants =
                graph.initializers().stream().map(tensor -> tensor.name()).collect(Collectors.toSet());
        List<OnnxValueInfo> inputs = graph.inputs().stream()
                .filter(input -> !constants.contains(input.name()))
                .toList();
        return inputs.stream()
                .filter(input -> inputs.size() > 1 && isShort(input))
                .filter(input -> NAME.matcher(input.name()).matches() || isLengths(graph, input.name()))
                .collect(Collectors.toSet());
    }

    private static boolean isShort(OnnxValueInfo input) {
        return input.type().isPresent()
                && !input.type().get().isFloating()
                && input.dims().isPresent()
                && input.dims().get().size() <= 1;
    }

    private static boolean isLengths(OnnxGraph graph, String input) {
        Set<String> names = new HashSet<>(Set.of(input));
        int known = 0;
        while (known < names.size()) {
            known = names.size();
            for (OnnxNode node : graph.nodes()) {
                boolean reads =
                        !node.inputs().isEmpty() && names.contains(node.inputs().get(0));
                if (reads && PASSING.contains(node.opType())) {
                    names.addAll(node.outputs());
                }
                int at = LENGTHS_OF.getOrDefault(node.opType(), Integer.MAX_VALUE);
                if (at < node.inputs().size()
                        && !node.inputs().get(at).isEmpty()
                        && names.contains(node.inputs().get(at))) {
                    return true;
                }
            }
        }
        return false;
    }
}
