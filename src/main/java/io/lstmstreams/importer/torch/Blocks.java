package io.lstmstreams.importer.torch;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sorts the tensors of a state_dict into layers by their names: {@code nn.LSTM}, {@code GRU} and {@code RNN}
 * ({@code rnn.weight_ih_l0}, {@code [4H, X]}), their cells ({@code cell.weight_ih}), {@code nn.Linear}, {@code Embedding},
 * {@code BatchNorm1d} and {@code LayerNorm} ({@code fc.weight}). See pytorch.org/docs, "Variables" of each.
 */
final class Blocks {
    private static final Pattern RECURRENT = Pattern.compile(
            "(?:(.+)\\.)?(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l(0|[1-9]\\d{0,3}))?(_reverse)?",
            Pattern.DOTALL);
    private static final Pattern OTHER =
            Pattern.compile("(?:(.+)\\.)?(weight|bias|running_mean|running_var)", Pattern.DOTALL);
    private static final Pattern ATTENTION = Pattern.compile(
            "(?i)(?:.*[._])?(?:\\w*attn\\w*|\\w*attention\\w*|in_proj_\\w+|out_proj)\\..*|in_proj_.*", Pattern.DOTALL);
    private static final Pattern LOSS =
            Pattern.compile("(?:.*\\.)?(?:criterion|loss|loss_fn|loss_func|loss_function)\\.(?:weight|pos_weight)");

    private final String where;
    private final Hints hints;
    private final Map<String, TreeMap<Integer, Map<String, Tensor>>> recurrent = new LinkedHashMap<>();
    private final Map<String, Map<String, Tensor>> others = new LinkedHashMap<>();
    private final Map<String, Integer> order = new LinkedHashMap<>(); // of modules
    private final List<String> notes;

    private Blocks(String where, Hints hints, List<String> notes) {
        this.where = where;
        this.hints = hints;
        this.notes = notes;
    }

    /** Returns whether a tensor is a counter of the training, which inference does not need. */
    static boolean isCounter(String tensor) {
        return tensor.equals("num_batches_tracked") || tensor.endsWith(".num_batches_tracked");
    }

    /** Returns the layers in the file's order. */
    static List<Block> of(Collection<Tensor> tensors, String where, Hints hints, List<String> notes) {
        Blocks blocks = new Blocks(where, hints, notes);
        tensors.forEach(blocks::sort);
        return blocks.blocks();
    }

    private void sort(Tensor tensor) {
        String name = tensor.name();
        if (isCounter(name)) {
            return;
        }
        if (LOSS.matcher(name).matches()) {
            notes.add("tensor " + name + " is ignored: by its name it holds weights of a loss");
            return;
        }
        if (ATTENTION.matcher(name).matches()) {
            throw unsupported(
                    tensor,
                    "by its name belongs to an attention layer, which requires the whole sequence and cannot run one step"
                            + " at a time");
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
        order.putIfAbsent(module, order.size());
        return module;
    }

    private List<Block> blocks() {
        if (recurrent.isEmpty()) {
            throw new Unsupported(
                    where,
                    "does not contain an LSTM, GRU or RNN (no tensor has a name like lstm.weight_ih_l0 or cell.weight_ih)");
        }
        List<Block> blocks = new ArrayList<>();
        for (Map.Entry<String, Integer> module : order.entrySet()) {
            if (recurrent.containsKey(module.getKey())) {
                blocks.addAll(recurrentBlocks(module.getKey()));
            }
            if (others.containsKey(module.getKey())) {
                blocks.add(otherBlock(module.getKey()));
            }
        }
        String shared = sharedPrefix(order.keySet());
        List<Block> named = new ArrayList<>();
        for (Block block : blocks) {
            named.add(block.at(named.size(), block.module().substring(shared.length())));
        }
        refuseEncoderAndDecoder(named);
        return named;
    }

    /** Refuses a recurrent layer that is named encoder before one that is named decoder, unless the spec names the layers. */
    private void refuseEncoderAndDecoder(List<Block> blocks) {
        Block encoder = recurrentCalled("encoder", blocks);
        Block decoder = recurrentCalled("decoder", blocks);
        boolean named = hints.layers() != null && hints.layers().stream().anyMatch(layer -> layer.name() != null);
        if (encoder != null && decoder != null && encoder.order() != decoder.order() && !named) {
            throw unsupported(
                    decoder.main(),
                    "by its name belongs to the decoder of encoder " + encoder.title()
                            + ", which reads the whole sequence" + " first and cannot run one step at a time");
        }
    }

    private static Block recurrentCalled(String word, List<Block> blocks) {
        return blocks.stream()
                .filter(block -> block.cell().recurrent()
                        && block.name().toLowerCase(Locale.ROOT).contains(word))
                .findFirst()
                .orElse(null);
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

    private List<Block> recurrentBlocks(String module) {
        TreeMap<Integer, Map<String, Tensor>> layers = recurrent.get(module);
        if (layers.lastKey() != layers.size() - 1) {
            throw new Malformed(
                    where,
                    "has layers " + layers.keySet() + " of " + module
                            + ", but at least one layer between them is missing");
        }
        for (String other : others.keySet()) {
            if (!module.isEmpty() && other.startsWith(module + ".")) {
                throw unsupported(
                        others.get(other).values().iterator().next(),
                        "is part of the recurrent module " + module + ", which is therefore not a module of torch.nn");
            }
        }
        List<Block> blocks = new ArrayList<>();
        layers.forEach((layer, parameters) -> {
            Block block = RecurrentShapes.block(where, module, layer, parameters);
            if (!blocks.isEmpty()) {
                Block below = blocks.get(blocks.size() - 1);
                Tensor weight = parameters.get("weight_ih");
                RecurrentShapes.expect(where, weight, weight.shape()[0], below.outputs());
                if (block.cell() != below.cell()) {
                    throw new Malformed(
                            where + ": tensor " + block.main().name(),
                            "has the shape of a " + block.cell().specName() + ", but the layer below is a "
                                    + below.cell().specName());
                }
            }
            blocks.add(block);
        });
        return blocks;
    }

    private Block otherBlock(String module) {
        Map<String, Tensor> parameters = others.get(module);
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
        if (parameters.containsKey("bias")) {
            RecurrentShapes.expect(where, parameters.get("bias"), outputs);
        }
        return new Block(module, module, 0, Cell.DENSE, parameters, weight.shape()[1], outputs, 0);
    }

    private Block norm(String module, Map<String, Tensor> parameters, boolean batchNorm) {
        Tensor first = parameters.values().iterator().next();
        if (!batchNorm && !parameters.containsKey("bias") && !isNamedLayerNorm(module)) {
            throw unsupported(
                    first,
                    "is a vector without a bias and belongs either to a LayerNorm or to a PReLU, RMSNorm or loss, which"
                            + " are not supported; if it is a LayerNorm, give --spec {\"layers\": [...,"
                            + " {\"cell\": \"layer_norm\", \"name\": \"" + module + "\"}, ...]}");
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
        Cell cell = batchNorm ? Cell.BATCH_NORM : Cell.LAYER_NORM;
        return new Block(module, module, 0, cell, parameters, size, size, 0);
    }

    private boolean isNamedLayerNorm(String module) {
        return hints.layers() != null
                && hints.layers().stream()
                        .anyMatch(layer -> layer.name() != null
                                && Cell.LAYER_NORM.specName().equals(layer.cell())
                                && (module.equals(layer.name()) || module.endsWith("." + layer.name())));
    }

    private Unsupported unsupported(Tensor tensor, String what) {
        return new Unsupported(where + ": tensor " + tensor.name(), what);
    }
}
