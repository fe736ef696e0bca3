package io.lstmstreams.importer.torch;

import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the tensors of a state_dict into layers by their names: {@code nn.LSTM}, {@code GRU} and {@code RNN} ({@code
 * rnn.weight_ih_l0}, {@code [4H, X]}), their cells ({@code cell.weight_ih}), {@code nn.Linear}, {@code Embedding},
 * {@code BatchNorm1d} and {@code LayerNorm} ({@code fc.weight}). See pytorch.org/docs, "Variables" of each.
 */
final class StoredLayers {
    private static final Pattern RECURRENT = Pattern.compile(
            "(?:(.+)\\.)?(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l(0|[1-9]\\d{0,3}))?(_reverse)?",
            Pattern.DOTALL);
    private static final Pattern OTHER =
            Pattern.compile("(?:(.+)\\.)?(weight|bias|running_mean|running_var)", Pattern.DOTALL);
    private static final Pattern ATTENTION = Pattern.compile(
            "(?i)(?:.*[._])?(?:att|\\w*attn\\w*|\\w*attention\\w*|out_proj)\\..*|(?:.*\\.)?in_proj_.*", Pattern.DOTALL);
    private static final Pattern QUERY = Pattern.compile("(?i)q|query|w_?q|q_?proj|query_?proj|to_?q|w_?query");
    private static final Pattern KEY = Pattern.compile("(?i)k|key|w_?k|k_?proj|key_?proj|to_?k|w_?key");
    private static final Pattern QUANTISED = Pattern.compile(
            "(?:.*\\.)?(?:_packed_params.*|_all_weight_values.*|scale|zero_point|\\w+_scale|\\w+_zero_point|SCB)",
            Pattern.DOTALL);
    private static final Pattern STATE = Pattern.compile(
            "(?i)(?:.*\\.)?(?:[hc]|hx|cx|[hc]_?0|[hc]n|(?:init|initial|start|learned|last|prev)_?(?:state|hidden|cell|[hc])(?:_?\\d)?"
                    + "|(?:hidden|cell|lstm|gru|rnn|recurrent)_?states?(?:_?[hc])?|hidden_?0?|cell_?0?|states?|[hc]_?(?:state|init|prev))",
            Pattern.DOTALL);
    private static final Pattern LEFT_OVER = Pattern.compile("(?:.*\\.)?(?:hidden|cell)_states?", Pattern.DOTALL);
    private static final Pattern OTHER_NORM = Pattern.compile(
            "(?i)(?:.*[._])?(?:gn|group_?norm|in_?norm|instance_?norm|inst_?norm|rms_?norm)\\d*(?:[._].*)?",
            Pattern.DOTALL);
    private static final Pattern LAYER_NORM =
            Pattern.compile("(?i)(?:.*[._])?(?:ln\\w*|layer_?norm\\w*|norm_?layer)(?:[._].*)?", Pattern.DOTALL);
    private static final Pattern LOSS =
            Pattern.compile("(?:.*\\.)?(?:criterion|loss|loss_fn|loss_func|loss_function)\\.(?:weight|pos_weight)");

    private final String where;
    private final Hints hints;
    private final Map<String, TreeMap<Integer, Map<String, Tensor>>> recurrent = new LinkedHashMap<>();
    private final Map<String, Map<String, Tensor>> others = new LinkedHashMap<>();
    private final Set<String> order = new LinkedHashSet<>(); // of modules
    private final Draft draft;

    private StoredLayers(String where, Hints hints, Draft draft) {
        this.where = where;
        this.hints = hints;
        this.draft = draft;
    }

    /** Returns whether a tensor is a counter of the training, which inference does not need. */
    static boolean isCounter(String tensor) {
        return tensor.equals("num_batches_tracked") || tensor.endsWith(".num_batches_tracked");
    }

    /** Returns the layers in the file's order. */
    static List<StoredLayer> of(Collection<Tensor> tensors, String where, Hints hints, Draft draft) {
        StoredLayers storedLayers = new StoredLayers(where, hints, draft);
        tensors.forEach(storedLayers::sort);
        return storedLayers.storedLayers();
    }

    private void sort(Tensor tensor) {
        String name = tensor.name();
        if (isCounter(name)) {
            return;
        }
        if (LOSS.matcher(name).matches()) {
            draft.note("tensor " + name + " is ignored: by its name it holds weights of a loss");
            return;
        }
        if (ATTENTION.matcher(name).matches()) {
            throw attention(tensor);
        }
        if (QUANTISED.matcher(name).matches()) {
            throw unsupported(
                    tensor,
                    "by its name belongs to a quantised layer, whose integers are not read; save the state_dict before"
                            + " quantisation");
        }
        if (STATE.matcher(name).matches()) {
            sortState(tensor);
            return;
        }
        Matcher matcher = RECURRENT.matcher(name);
        if (matcher.matches()) {
            sortRecurrent(tensor, matcher);
            return;
        }
        matcher = OTHER.matcher(name);
        if (!matcher.matches()) {
            throw unsupported(
                    tensor,
                    "does not belong to a supported layer (supported: LSTM, GRU, RNN and their cells, Embedding, Linear,"
                            + " BatchNorm1d and LayerNorm of torch.nn)");
        }
        String module = module(matcher);
        others.computeIfAbsent(module, key -> new LinkedHashMap<>()).put(matcher.group(2), tensor);
    }

    /**
     * Leaves out a state, because each sequence has a state of its own, which begins with zeros. Exported policies keep
     * the state after their last run in buffers called hidden_state and cell_state.
     */
    private void sortState(Tensor tensor) {
        boolean zeros = true;
        for (float value : tensor.values()) {
            zeros &= value == 0f;
        }
        boolean leftOver = LEFT_OVER.matcher(tensor.name()).matches();
        if (!zeros && !leftOver) {
            throw unsupported(
                    tensor,
                    "by its name is a learned start state and holds other numbers than zeros, but here a sequence starts"
                            + " with zeros; if the model does not start with it, delete the tensor from the state_dict");
        }
        draft.note("tensor " + tensor.name() + " is ignored: by its name it is "
                + (zeros ? "a state, and holds zeros" : "the state after the module's last run")
                + "; each sequence has a state of its own, which starts with zeros");
    }

    private void sortRecurrent(Tensor tensor, Matcher matcher) {
        if (matcher.group(4) != null) {
            throw unsupported(
                    tensor,
                    "belongs to a bidirectional layer, which requires the whole sequence and cannot run one step at a time");
        }
        String module = module(matcher);
        int layer = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        Map<String, Tensor> parameters = recurrent
                .computeIfAbsent(module, key -> new TreeMap<>())
                .computeIfAbsent(layer, key -> new LinkedHashMap<>());
        if (parameters.put(matcher.group(2), tensor) != null) {
            throw new Malformed(
                    where + ": tensor " + tensor.name(), "occurs twice: as the parameter of a layer and of a cell");
        }
    }

    private String module(Matcher matcher) {
        String module = matcher.group(1) == null ? "" : matcher.group(1);
        order.add(module);
        return module;
    }

    private List<StoredLayer> storedLayers() {
        if (recurrent.isEmpty()) {
            throw new Unsupported(
                    where,
                    "does not contain an LSTM, GRU or RNN (no tensor has a name like lstm.weight_ih_l0 or cell.weight_ih)");
        }
        List<StoredLayer> storedLayers = new ArrayList<>();
        for (String module : order) {
            TreeMap<Integer, Map<String, Tensor>> layers = recurrent.get(module);
            if (layers != null) {
                storedLayers.addAll(recurrentLayers(module, layers));
            }
            Map<String, Tensor> parameters = others.get(module);
            if (parameters != null) {
                storedLayers.add(otherLayer(module, parameters));
            }
        }
        String shared = sharedPrefix(order);
        List<StoredLayer> named = new ArrayList<>();
        for (StoredLayer stored : storedLayers) {
            named.add(stored.at(named.size(), stored.module().substring(shared.length())));
        }
        refuseEncoderAndDecoder(named);
        refuseQueriesAndKeys(named);
        return named;
    }

    /**
     * Refuses a recurrent layer that is named encoder before one that is named decoder, unless the spec names the
     * layers.
     */
    private void refuseEncoderAndDecoder(List<StoredLayer> storedLayers) {
        StoredLayer encoder = recurrentCalled("encoder", storedLayers);
        StoredLayer decoder = recurrentCalled("decoder", storedLayers);
        boolean named = hints.layers() != null && hints.layers().stream().anyMatch(layer -> layer.name() != null);
        if (encoder != null && decoder != null && encoder.order() != decoder.order() && !named) {
            throw unsupported(
                    decoder.main(),
                    "by its name belongs to the decoder of encoder " + encoder.title()
                            + ", which reads the whole sequence" + " first and cannot run one step at a time");
        }
    }

    private static @Nullable StoredLayer recurrentCalled(String word, List<StoredLayer> storedLayers) {
        return storedLayers.stream()
                .filter(stored -> stored.cell().recurrent() && isCalled(word, stored.name()))
                .findFirst()
                .orElse(null);
    }

    /** Returns whether a name holds a word, or its first three letters as a part of its own. */
    private static boolean isCalled(String word, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains(word) || lower.matches("(?s)(?:.*[._\\d])?" + word.substring(0, 3) + "(?:[._\\d].*)?");
    }

    private void refuseQueriesAndKeys(List<StoredLayer> storedLayers) {
        for (StoredLayer query : storedLayers) {
            String parent = query.name().substring(0, query.name().lastIndexOf('.') + 1);
            boolean key = storedLayers.stream()
                    .map(StoredLayer::name)
                    .anyMatch(name -> name.startsWith(parent)
                            && KEY.matcher(name.substring(parent.length())).matches());
            if (key && QUERY.matcher(query.name().substring(parent.length())).matches()) {
                throw attention(query.main());
            }
        }
    }

    private Unsupported attention(Tensor tensor) {
        return unsupported(
                tensor,
                "by its name belongs to an attention layer, which requires the whole sequence and cannot run one step at a"
                        + " time");
    }

    /** Returns the prefix of all modules up to a dot: {@code module.} of DataParallel, {@code model.} of a wrapper. */
    private static String sharedPrefix(Collection<String> modules) {
        String first = modules.iterator().next();
        int length = first.lastIndexOf('.') + 1;
        for (String module : modules) {
            while (length > 0 && !module.startsWith(first.substring(0, length))) {
                length = first.lastIndexOf('.', length - 2) + 1;
            }
        }
        return first.substring(0, length);
    }

    private List<StoredLayer> recurrentLayers(String module, TreeMap<Integer, Map<String, Tensor>> layers) {
        if (layers.lastKey() != layers.size() - 1) {
            throw new Malformed(
                    where,
                    "has layers " + layers.keySet() + " of " + module
                            + ", but at least one layer between them is missing");
        }
        others.forEach((other, parameters) -> {
            if (!module.isEmpty() && other.startsWith(module + ".")) {
                throw unsupported(
                        parameters.values().iterator().next(),
                        "is part of the recurrent module " + module + ", which is therefore not a module of torch.nn");
            }
        });
        List<StoredLayer> storedLayers = new ArrayList<>();
        layers.forEach((layer, parameters) -> {
            StoredLayer below = storedLayers.isEmpty() ? null : storedLayers.get(storedLayers.size() - 1);
            long inputs = below == null ? -1 : below.outputs();
            StoredLayer stored = RecurrentShapes.stored(where, module, layer, parameters, inputs);
            if (below != null) {
                if (stored.cell() != below.cell()) {
                    throw new Malformed(
                            where + ": tensor " + stored.main().name(),
                            "has the shape of a " + stored.cell().specName() + ", but the layer below is a "
                                    + below.cell().specName());
                }
            }
            storedLayers.add(stored);
        });
        return storedLayers;
    }

    private StoredLayer otherLayer(String module, Map<String, Tensor> parameters) {
        boolean batchNorm = parameters.containsKey("running_mean") || parameters.containsKey("running_var");
        Tensor weight = parameters.get("weight");
        if (batchNorm || (weight != null && weight.shape().length == 1)) {
            return norm(module, parameters, batchNorm);
        }
        if (weight == null) {
            throw new Malformed(where, "layer " + module + " has no weight");
        }
        if (weight.shape().length > 2) {
            throw unsupported(
                    weight,
                    "must be a matrix, but has shape " + weight.shapeText() + ": it belongs to a convolution, which"
                            + " reads several steps at once and cannot run one step at a time");
        }
        RecurrentShapes.matrix(where, weight, "");
        long outputs = weight.shape()[0];
        Tensor bias = parameters.get("bias");
        if (bias != null) {
            RecurrentShapes.expect(where, bias, outputs);
        }
        return new StoredLayer(module, module, 0, LayerKind.DENSE, parameters, weight.shape()[1], outputs, 0);
    }

    private StoredLayer norm(String module, Map<String, Tensor> parameters, boolean batchNorm) {
        Tensor first = parameters.values().iterator().next();
        if (OTHER_NORM.matcher(module).matches()) {
            throw unsupported(
                    first,
                    "by its name belongs to a GroupNorm, InstanceNorm or RMSNorm, which is not supported: of the"
                            + " normalisations, BatchNorm1d and LayerNorm are");
        }
        if (!batchNorm && !parameters.containsKey("bias") && first.values().length == 1) {
            throw unsupported(
                    first,
                    "is a vector without a bias of one element, such as that of a PReLU, which is not supported");
        }
        if (first.shape().length != 1 || first.shape()[0] == 0) {
            throw new Malformed(
                    where + ": tensor " + first.name(), "must be a vector, but has shape " + first.shapeText());
        }
        long size = first.shape()[0];
        parameters.values().forEach(tensor -> RecurrentShapes.expect(where, tensor, size));
        if (batchNorm && (!parameters.containsKey("running_mean") || !parameters.containsKey("running_var"))) {
            throw new Malformed(
                    where,
                    "batch norm " + module + " must have running_mean and running_var, but one of them is missing");
        }
        LayerKind cell = batchNorm ? LayerKind.BATCH_NORM : LayerKind.LAYER_NORM;
        return new StoredLayer(module, module, 0, cell, parameters, size, size, 0);
    }

    /** Returns whether a vector with a bias is that of a LayerNorm by its module's name. */
    static boolean isCalledLayerNorm(StoredLayer stored) {
        return stored.parameters().containsKey("bias")
                && LAYER_NORM.matcher(stored.module()).matches();
    }

    private Unsupported unsupported(Tensor tensor, String what) {
        return new Unsupported(where + ": tensor " + tensor.name(), what);
    }
}
