package io.lstmstreams.importer.torch;

import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Computes the weights that modules store in parts, as PyTorch does at inference (torch/nn/utils, weight_norm.py,
 * spectral_norm.py and parametrizations.py):
 *
 * <ul>
 *   <li>{@code weight_norm}: {@code weight = g * v / |v|}, stored as {@code weight_g} and {@code weight_v}, or as
 *       {@code parametrizations.weight.original0} and {@code original1};
 *   <li>{@code spectral_norm}: {@code weight = w / (u' w v)}, stored as {@code weight_orig}, {@code weight_u} and
 *       {@code weight_v}, or as {@code parametrizations.weight.original}, {@code 0._u} and {@code 0._v};
 *   <li>weight drop: {@code weight_hh_l0_raw}, because inference drops nothing.
 * </ul>
 */
final class ComputedWeights {
    private static final String PREFIX = "((?:.*\\.)?)";
    private static final String NAME = "(\\w*weight\\w*?|\\w*bias\\w*?)";
    private static final Pattern OLD_GAIN = Pattern.compile(PREFIX + NAME + "_g", Pattern.DOTALL);
    private static final Pattern NEW_GAIN =
            Pattern.compile(PREFIX + "parametrizations\\." + NAME + "\\.original0", Pattern.DOTALL);
    private static final Pattern OLD_SPECTRAL = Pattern.compile(PREFIX + NAME + "_orig", Pattern.DOTALL);
    private static final Pattern NEW_SPECTRAL =
            Pattern.compile(PREFIX + "parametrizations\\." + NAME + "\\.original", Pattern.DOTALL);
    private static final Pattern RAW = Pattern.compile(PREFIX + "(weight_(?:ih|hh)_l\\d+)_raw", Pattern.DOTALL);

    private final String where;
    private final Draft draft;
    private final Map<String, Tensor> tensors;

    private ComputedWeights(String where, Draft draft, Map<String, Tensor> tensors) {
        this.where = where;
        this.draft = draft;
        this.tensors = tensors;
    }

    /**
     * Returns the tensors with computed weights in place of their parts.
     *
     * @param stored the tensors by name
     */
    static Map<String, Tensor> of(Map<String, Tensor> stored, String where, Draft draft) {
        Map<String, Tensor> computed = new LinkedHashMap<>();
        ComputedWeights weights = new ComputedWeights(where, draft, new LinkedHashMap<>(stored));
        stored.keySet().forEach(weights::compute);
        computed.putAll(weights.tensors);
        return computed;
    }

    private void compute(String name) {
        if (!tensors.containsKey(name)) {
            return; // a part of a weight that was computed
        }
        Matcher match = match(OLD_SPECTRAL, name);
        if (match != null && has(match, "_u", "_v")) {
            spectral(match, take(name), take(match.group(1) + match.group(2) + "_u"), take(match, "_v"));
            return;
        }
        match = match(NEW_SPECTRAL, name);
        if (match != null) {
            String parts = name.substring(0, name.length() - "original".length());
            if (tensors.containsKey(parts + "0._u") && tensors.containsKey(parts + "0._v")) {
                spectral(match, take(name), take(parts + "0._u"), take(parts + "0._v"));
            } else {
                throw new Unsupported(
                        where + ": tensor " + name,
                        "is parametrised in a way that is not known; save the module after"
                                + " torch.nn.utils.parametrize.remove_parametrizations");
            }
            return;
        }
        match = match(OLD_GAIN, name);
        if (match != null && has(match, "_v")) {
            normalised(match, take(name), take(match, "_v"));
            return;
        }
        match = match(NEW_GAIN, name);
        if (match != null) {
            String direction = name.substring(0, name.length() - 1) + "1";
            if (tensors.containsKey(direction)) {
                normalised(match, take(name), take(direction));
            }
            return;
        }
        match = match(RAW, name);
        if (match != null) {
            String inner = match.group(1) + "module.";
            boolean wrapped = tensors.keySet().stream().anyMatch(other -> other.startsWith(inner));
            put((wrapped ? inner : match.group(1)) + match.group(2), take(name), "without weight drop");
        }
    }

    private static @Nullable Matcher match(Pattern pattern, String name) {
        Matcher matcher = pattern.matcher(name);
        return matcher.matches() ? matcher : null;
    }

    private boolean has(Matcher match, String... endings) {
        for (String ending : endings) {
            if (!tensors.containsKey(match.group(1) + match.group(2) + ending)) {
                return false;
            }
        }
        return true;
    }

    private Tensor take(Matcher match, String ending) {
        return take(match.group(1) + match.group(2) + ending);
    }

    private Tensor take(String name) {
        Tensor tensor = tensors.remove(name);
        if (tensor == null) {
            throw new Malformed(where, "tensor " + name + " is missing");
        }
        return tensor;
    }

    private void put(String name, Tensor tensor, String how) {
        tensors.put(name, new Tensor(name, tensor.shape(), tensor.values()));
        draft.note("tensor " + name + ": computed from " + tensor.name() + ", " + how);
    }

    /** Computes {@code g * v / |v|}; g has one element for each slice of v along one axis, or one element for all. */
    private void normalised(Matcher match, Tensor gain, Tensor direction) {
        long[] shape = direction.shape();
        int axis = -1;
        boolean fits = gain.values().length == 1 || gain.shape().length == shape.length;
        for (int i = 0; i < shape.length && gain.values().length > 1 && fits; i++) {
            if (gain.shape()[i] != 1) {
                fits = axis < 0 && gain.shape()[i] == shape[i];
                axis = i;
            }
        }
        if (!fits) {
            throw new Malformed(
                    where + ": tensor " + gain.name(),
                    "must have the shape of the norms of " + direction.name() + " " + direction.shapeText()
                            + ", but has " + gain.shapeText());
        }
        // A weight with one row has one gain, whether it is that of the row or of all.
        int inner = 1;
        for (int i = axis + 1; i < shape.length && axis >= 0; i++) {
            inner *= (int) shape[i];
        }
        int slices = gain.values().length;
        double[] squares = new double[slices];
        float[] values = direction.values();
        for (int i = 0; i < values.length; i++) {
            squares[slice(i, inner, slices)] += (double) values[i] * values[i];
        }
        float[] weight = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int slice = slice(i, inner, slices);
            weight[i] = (float) (gain.values()[slice] * values[i] / Math.sqrt(squares[slice]));
            requireFinite(direction, weight[i]);
        }
        put(
                match.group(1) + match.group(2),
                new Tensor(direction.name(), shape, weight),
                "normalised as weight_norm does");
    }

    private static int slice(int index, int inner, int slices) {
        return slices == 1 ? 0 : index / inner % slices;
    }

    private void spectral(Matcher match, Tensor original, Tensor left, Tensor right) {
        int rows = left.values().length;
        int columns = right.values().length;
        float[] values = original.values();
        if ((long) rows * columns != values.length || original.shape().length != 2 || original.shape()[0] != rows) {
            throw new Unsupported(
                    where + ": tensor " + original.name(),
                    "is a matrix " + original.shapeText() + " whose spectral norm is stored for " + rows + " rows and "
                            + columns
                            + " columns; save the module after torch.nn.utils.parametrize.remove_parametrizations");
        }
        double norm = 0;
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int column = 0; column < columns; column++) {
                sum += (double) values[row * columns + column] * right.values()[column];
            }
            norm += left.values()[row] * sum;
        }
        float[] weight = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            weight[i] = (float) (values[i] / norm);
            requireFinite(original, weight[i]);
        }
        put(
                match.group(1) + match.group(2),
                new Tensor(original.name(), original.shape(), weight),
                "divided as spectral_norm does");
    }

    private void requireFinite(Tensor tensor, float weight) {
        if (!Float.isFinite(weight)) {
            throw new Malformed(
                    where + ": tensor " + tensor.name(), "has a norm of zero, so that its weight is no number");
        }
    }
}
