package io.lstmstreams.importer.torch;

import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Renames and transposes the parameters of JAX' libraries to those of PyTorch. The tensors are named by their path,
 * with {@code /} or {@code .} between its parts.
 *
 * <ul>
 *   <li>flax.linen and flax.nnx (flax/linen/recurrent.py, flax/nnx/nn/recurrent.py): a {@code kernel} is {@code
 *       [inputs, outputs]}. {@code LSTMCell} and {@code OptimizedLSTMCell} have one kernel for each gate, {@code ii, if,
 *       ig, io} for x and {@code hi, hf, hg, ho} with a bias for h; {@code GRUCell} has {@code ir, iz, in} with a bias
 *       and {@code hr, hz, hn}; {@code SimpleCell} has {@code i} with a bias and {@code h}. In nnx, {@code dense_i} and
 *       {@code dense_h} hold the gates side by side in PyTorch's order. {@code Dense}, {@code Embed} ({@code
 *       embedding}), {@code LayerNorm} and {@code BatchNorm} ({@code scale}, {@code bias}, {@code mean}, {@code var}).
 *   <li>equinox (equinox/nn/_rnn.py): {@code LSTMCell} and {@code GRUCell} have {@code weight_ih}, {@code weight_hh} and
 *       one {@code bias}; the GRU's {@code bias_n} belongs to h.
 * </ul>
 */
final class JaxCells {
    private static final double FLAX_EPSILON = 1e-6;
    private static final double FLAX_BATCH_EPSILON = 1e-5;
    private static final List<String> LSTM = List.of("i", "f", "g", "o");
    private static final List<String> GRU = List.of("r", "z", "n");
    private static final Pattern FLAX_CELL =
            Pattern.compile("(?:.*\\.)?(?:ii|hi|hf|ir|hr|hn|dense_i|dense_h|h)\\.kernel", Pattern.DOTALL);
    private static final Pattern COLLECTION = Pattern.compile("^(?:params|batch_stats)\\.(?:params\\.)?");
    private static final Pattern VALUE = Pattern.compile("\\.(?:value|raw_value)$");

    private final String where;
    private final Map<String, Map<String, Tensor>> modules = new LinkedHashMap<>(); // parameters by module
    private final Map<String, Tensor> renamed = new LinkedHashMap<>();
    private final Map<String, Double> epsilons = new TreeMap<>();

    private JaxCells(String where) {
        this.where = where;
    }

    /**
     * The renamed tensors.
     *
     * @param tensors the tensors under PyTorch's names
     * @param epsilons the default {@code epsilon} of normalisations by module, where it is not PyTorch's
     */
    record Renamed(Map<String, Tensor> tensors, Map<String, Double> epsilons) {}

    /** Returns the tensors under PyTorch's names; those of PyTorch's own modules stay. */
    static Renamed of(Map<String, Tensor> stored, String where, Draft draft) {
        boolean flax = isFlax(stored.keySet());
        boolean equinox = isEquinox(stored.keySet());
        if (!flax && !equinox) {
            return new Renamed(withDots(stored), Map.of());
        }
        JaxCells cells = new JaxCells(where);
        stored.forEach((name, tensor) -> {
            String path = plain(name);
            int dot = path.lastIndexOf('.');
            cells.modules
                    .computeIfAbsent(dot < 0 ? "" : path.substring(0, dot), module -> new LinkedHashMap<>())
                    .put(path.substring(dot + 1), tensor);
        });
        if (flax) {
            cells.refuseMinimalCells();
        }
        List.copyOf(cells.modules.keySet()).forEach(flax ? cells::flax : cells::equinox);
        draft.note("the layout is that of " + (flax ? "flax" : "equinox"));
        cells.renamed.replaceAll((name, tensor) -> new Tensor(name, tensor.shape(), tensor.values()));
        return new Renamed(cells.renamed, cells.epsilons);
    }

    private static Map<String, Tensor> withDots(Map<String, Tensor> stored) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> {
            String dotted = name.indexOf('.') < 0 ? name.replace('/', '.') : name;
            renamed.put(dotted, new Tensor(dotted, tensor.shape(), tensor.values()));
        });
        return renamed;
    }

    /** Refuses a cell with the gates f and n, which MGUCell has, and no others. */
    private void refuseMinimalCells() {
        for (String module : modules.keySet()) {
            String cell = parent(module);
            if (module.equals(child(cell, "hf")) && !modules.containsKey(child(cell, "hi"))) {
                throw new Unsupported(
                        where,
                        "cell " + cell + " has the gates of an MGUCell of flax, which is not supported; LSTMCell,"
                                + " OptimizedLSTMCell, GRUCell and SimpleCell are");
            }
        }
    }

    /** Returns whether names are those of a flax model with a recurrent cell. */
    static boolean isFlax(Collection<String> names) {
        return names.stream().anyMatch(name -> FLAX_CELL.matcher(plain(name)).matches());
    }

    private static boolean isEquinox(Collection<String> names) {
        List<String> paths = names.stream().map(JaxCells::plain).toList();
        return paths.stream()
                .filter(path -> path.equals("weight_hh") || path.endsWith(".weight_hh"))
                .anyMatch(path -> paths.contains(path.substring(0, path.length() - "weight_hh".length()) + "bias"));
    }

    /** Returns a path with dots, without the collection before it and the variable's field after it. */
    private static String plain(String name) {
        String dotted = name.replace('/', '.');
        dotted = dotted.startsWith(".") ? dotted.substring(1) : dotted;
        return VALUE.matcher(COLLECTION.matcher(dotted).replaceFirst("")).replaceFirst("");
    }

    private void flax(String module) {
        Map<String, Tensor> parameters = modules.get(module);
        if (parameters == null) {
            return; // part of a cell that was read
        }
        String cell = parent(module);
        String part = module.substring(cell.isEmpty() ? 0 : cell.length() + 1);
        if (part.equals("ii") || part.equals("hi")) {
            cell(cell, gates("i", LSTM), gates("h", LSTM));
        } else if (part.equals("ir") || part.equals("hr")) {
            cell(cell, gates("i", GRU), gates("h", GRU));
        } else if (part.equals("dense_i") || part.equals("dense_h")) {
            cell(cell, List.of("dense_i"), List.of("dense_h"));
        } else if ((part.equals("i") || part.equals("h"))
                && modules.containsKey(child(cell, "i"))
                && modules.containsKey(child(cell, "h"))) {
            cell(cell, List.of("i"), List.of("h"));
        } else if (!isGate(cell, part)) {
            layer(module, parameters);
        }
    }

    private static List<String> gates(String operand, List<String> names) {
        return names.stream().map(name -> operand + name).toList();
    }

    /** Returns whether a module is one gate of a cell, which is read with the cell's first gate. */
    private boolean isGate(String cell, String part) {
        return part.matches("[ih][fgoznr]_?")
                && (modules.containsKey(child(cell, "ii"))
                        || modules.containsKey(child(cell, "ir"))
                        || renamed.containsKey(child(cell, "weight_ih")));
    }

    private static String parent(String module) {
        return module.lastIndexOf('.') < 0 ? "" : module.substring(0, module.lastIndexOf('.'));
    }

    private static String child(String module, String name) {
        return module.isEmpty() ? name : module + "." + name;
    }

    private void cell(String cell, List<String> inputGates, List<String> hiddenGates) {
        stack(cell, "ih", inputGates);
        stack(cell, "hh", hiddenGates);
    }

    /** Stacks the gates of one operand: kernels {@code [inputs, H]} become rows of one matrix. */
    private void stack(String cell, String operand, List<String> gates) {
        List<Tensor> kernels = new ArrayList<>();
        List<@Nullable Tensor> biases = new ArrayList<>();
        for (String gate : gates) {
            Map<String, Tensor> parameters = modules.remove(child(cell, gate));
            if (parameters == null) {
                parameters = modules.remove(child(cell, gate + "_")); // Python reserves "if" and "in"
            }
            Tensor kernel = parameters == null ? null : parameters.get("kernel");
            if (parameters == null || kernel == null || kernel.shape().length != 2) {
                throw new Malformed(where, "cell " + cell + " must have a matrix " + gate + ".kernel");
            }
            kernels.add(kernel);
            biases.add(parameters.get("bias"));
        }
        long inputs = kernels.get(0).shape()[0];
        long rows = kernels.stream().mapToLong(kernel -> kernel.shape()[1]).sum();
        float[] weights = new float[Math.toIntExact(inputs * rows)];
        float[] bias = new float[Math.toIntExact(rows)];
        int row = 0;
        for (int i = 0; i < kernels.size(); i++) {
            Tensor kernel = kernels.get(i);
            int units = (int) kernel.shape()[1];
            Tensor added = biases.get(i);
            if (kernel.shape()[0] != inputs || (added != null && !added.hasShape(units))) {
                throw new Malformed(
                        where + ": tensor " + kernel.name(),
                        "has shape " + kernel.shapeText() + ", which does not fit the cell's other gates");
            }
            transpose(kernel, weights, row);
            if (added != null) {
                System.arraycopy(added.values(), 0, bias, row, units);
            }
            row += units;
        }
        String name = kernels.get(0).name();
        renamed.put(child(cell, "weight_" + operand), new Tensor(name, new long[] {rows, inputs}, weights));
        renamed.put(child(cell, "bias_" + operand), new Tensor(name, new long[] {rows}, bias));
    }

    private static void transpose(Tensor kernel, float[] target, int firstRow) {
        int inputs = (int) kernel.shape()[0];
        int units = (int) kernel.shape()[1];
        for (int input = 0; input < inputs; input++) {
            for (int unit = 0; unit < units; unit++) {
                target[(firstRow + unit) * inputs + input] = kernel.values()[input * units + unit];
            }
        }
    }

    private void layer(String module, Map<String, Tensor> parameters) {
        parameters.forEach((name, tensor) -> {
            switch (name) {
                case "kernel" -> renamed.put(child(module, "weight"), transposed(tensor));
                case "embedding" -> renamed.put(child(module, "weight"), tensor);
                case "scale" -> renamed.put(child(module, "weight"), tensor);
                case "mean" -> renamed.put(child(module, "running_mean"), tensor);
                case "var" -> renamed.put(child(module, "running_var"), tensor);
                default -> renamed.put(child(module, name), tensor);
            }
        });
        if (parameters.containsKey("scale")) {
            epsilons.put(module, parameters.containsKey("mean") ? FLAX_BATCH_EPSILON : FLAX_EPSILON);
        }
    }

    private Tensor transposed(Tensor kernel) {
        if (kernel.shape().length != 2) {
            return kernel; // of a convolution, which is refused by its shape
        }
        float[] weights = new float[kernel.values().length];
        transpose(kernel, weights, 0);
        return new Tensor(kernel.name(), new long[] {kernel.shape()[1], kernel.shape()[0]}, weights);
    }

    private void equinox(String module) {
        Map<String, Tensor> parameters = modules.getOrDefault(module, Map.of());
        Tensor hidden = parameters.get("weight_hh");
        if (hidden == null || hidden.shape().length != 2) {
            parameters.forEach((name, tensor) -> renamed.put(child(module, name), tensor));
            return;
        }
        int rows = (int) hidden.shape()[0];
        int units = (int) hidden.shape()[1];
        parameters.forEach((name, tensor) -> {
            switch (name) {
                case "bias" -> renamed.put(child(module, "bias_ih"), tensor);
                case "bias_n" -> {}
                default -> renamed.put(child(module, name), tensor);
            }
        });
        float[] bias = new float[rows];
        Tensor candidate = parameters.get("bias_n");
        if (candidate != null) {
            if (!candidate.hasShape(units) || rows != GRU.size() * units) {
                throw new Malformed(
                        where + ": tensor " + candidate.name(),
                        "must have shape [" + units + "], but has " + candidate.shapeText());
            }
            System.arraycopy(candidate.values(), 0, bias, rows - units, units);
        }
        if (parameters.containsKey("bias")) {
            renamed.put(child(module, "bias_hh"), new Tensor(hidden.name(), new long[] {rows}, bias));
        }
    }
}
