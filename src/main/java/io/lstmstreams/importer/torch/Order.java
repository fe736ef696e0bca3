package io.lstmstreams.importer.torch;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Chooses one chain of layers, or refuses the file with the reason. */
final class Order {
    private static final int MAX_BLOCKS = 100;
    private static final Pattern EMBEDDING_NAME =
            Pattern.compile("(?i).*(emb|encode|lookup|wte|vocab|token).*", Pattern.DOTALL);
    private static final Pattern DENSE_NAME =
            Pattern.compile("(?i).*(decode|fc|linear|dense|out|head|proj|pred|class|logit).*", Pattern.DOTALL);

    private static final Pattern HEAD_NAME = Pattern.compile(
            "(?i)(?:.*_)?(out|output|head|decoder|predictor|classifier|logits|final|last)\\d*(?:_.*)?", Pattern.DOTALL);
    private static final Pattern INPUT_NAME =
            Pattern.compile("(?i)(?:.*_)?(in|inp|input|first|encoder|embed|embedding)\\d*(?:_.*)?", Pattern.DOTALL);

    private final String where;
    private final List<Block> blocks;
    private final Hints hints;
    private final boolean inModuleOrder;
    private final List<String> notes;

    private Order(String where, List<Block> blocks, Hints hints, boolean inModuleOrder, List<String> notes) {
        this.where = where;
        this.blocks = blocks;
        this.hints = hints;
        this.inModuleOrder = inModuleOrder;
        this.notes = notes;
    }

    /**
     * Returns the chain that the blocks form.
     *
     * @param inModuleOrder true if the file has its tensors in the order of their modules in the Python class
     */
    static Chain of(String where, List<Block> blocks, Hints hints, boolean inModuleOrder, List<String> notes) {
        if (blocks.size() > MAX_BLOCKS) {
            throw new Unsupported(where, "must have at most " + MAX_BLOCKS + " layers, but has " + blocks.size());
        }
        return new Order(where, blocks, hints, inModuleOrder, notes).decide();
    }

    private Chain decide() {
        ChainSearch.Result result = ChainSearch.chains(blocks, hints);
        if (result.chains().isEmpty()) {
            throw nothingFits();
        }
        if (!result.complete()) {
            throw new Unsupported(
                    where,
                    "the order of its " + blocks.size()
                            + " layers is ambiguous: very many orders fit; give the order with"
                            + " --spec and layers[].name, heads[].name");
        }
        List<Chain> chains = distinct(result.chains());
        if (chains.size() > 1) {
            chains = preferred(chains, Order::rolesSuitNames);
        }
        if (chains.size() > 1 && inModuleOrder) {
            List<Chain> inOrder = chains.stream().filter(Chain::inFileOrder).toList();
            if (inOrder.size() == 1) {
                notes.add("layers: " + inOrder.get(0).text() + ", in the file's order (other orders fit as well:"
                        + " choose one with --spec and layers[].name)");
                return inOrder.get(0);
            }
            chains = inOrder.isEmpty() ? chains : inOrder;
        }
        if (chains.size() > 1) {
            chains = preferred(chains, Order::endsSuitNames);
        }
        if (chains.size() > 1) {
            throw new Unsupported(
                    where,
                    "the order of its layers is ambiguous: "
                            + chains.get(0).text() + " and "
                            + chains.get(1).text()
                            + " fit; give the order with --spec and layers[].name, heads[].name, such as "
                            + chains.get(0).specText());
        }
        notes.add("layers: " + chains.get(0).text() + ", by names and shapes");
        return chains.get(0);
    }

    private static List<Chain> preferred(List<Chain> chains, Predicate<Chain> better) {
        List<Chain> preferred = chains.stream().filter(better).toList();
        return preferred.isEmpty() ? chains : preferred;
    }

    /** Returns whether no name contradicts its role: a matrix without a bias may be a dense layer or an embedding. */
    private static boolean rolesSuitNames(Chain chain) {
        for (Chain.Layer layer : chain.layers()) {
            if (layer.block() != null && layer.block().roles().size() > 1) {
                Pattern wrong = layer.cell() == Cell.EMBEDDING ? DENSE_NAME : EMBEDDING_NAME;
                Pattern right = layer.cell() == Cell.EMBEDDING ? EMBEDDING_NAME : DENSE_NAME;
                if (nameMatches(wrong, layer.block()) && !nameMatches(right, layer.block())) {
                    return false;
                }
            }
        }
        return chain.heads().stream()
                .noneMatch(head -> head.block() != null
                        && head.block().roles().size() > 1
                        && nameMatches(EMBEDDING_NAME, head.block())
                        && !nameMatches(DENSE_NAME, head.block()));
    }

    /** Returns whether dense layers with the name of a head are heads, and layers with the name of an input are not. */
    private static boolean endsSuitNames(Chain chain) {
        return chain.layers().stream()
                        .noneMatch(layer -> layer.cell() == Cell.DENSE && nameMatches(HEAD_NAME, layer.block()))
                && chain.heads().stream()
                        .noneMatch(head -> head.block() != null && nameMatches(INPUT_NAME, head.block()));
    }

    private static boolean nameMatches(Pattern pattern, Block block) {
        String name = block.name();
        return pattern.matcher(name.substring(name.lastIndexOf('.') + 1)).matches();
    }

    /** Removes chains that differ from an earlier chain only in the places of two equal matrices (tied weights). */
    private List<Chain> distinct(List<Chain> chains) {
        if (chains.size() < 2) {
            return chains;
        }
        int[] same = sameAs();
        Set<List<Object>> keys = new HashSet<>();
        return chains.stream()
                .filter(chain -> {
                    List<Object> key = new ArrayList<>();
                    chain.layers().forEach(layer -> {
                        key.add(layer.kind());
                        key.add(layer.block() == null ? -1 : same[layer.block().order()]);
                    });
                    key.add("heads");
                    chain.heads().stream()
                            .map(head -> head.block() == null
                                    ? -1
                                    : same[head.block().order()])
                            .sorted()
                            .forEach(key::add);
                    return keys.add(key);
                })
                .toList();
    }

    /** Returns, for each block, the order of the first block with the same weights. */
    private int[] sameAs() {
        int[] same = new int[blocks.size()];
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            same[block.order()] = block.order();
            for (int j = 0; j < i && block.roles().size() > 1; j++) {
                Block other = blocks.get(j);
                if (other.roles().size() > 1
                        && Arrays.equals(block.main().shape(), other.main().shape())
                        && Arrays.equals(block.main().values(), other.main().values())) {
                    same[block.order()] = same[other.order()];
                    break;
                }
            }
        }
        return same;
    }

    private RuntimeException nothingFits() {
        if (hints.layers() != null) {
            for (int i = 0; i < hints.layers().size(); i++) {
                String name = hints.layers().get(i).name();
                if (name != null && blocks.stream().noneMatch(block -> block.isCalled(name))) {
                    return new Malformed(
                            where,
                            "the spec's layers[" + i + "].name must be one of " + modules() + ", but is " + name);
                }
            }
        }
        if (hints.heads() != null) {
            List<Chain> chains =
                    ChainSearch.chains(blocks, hints.withoutHeads()).chains();
            if (!chains.isEmpty()) {
                int heads = chains.get(0).heads().size();
                return new Malformed(
                        where,
                        heads == hints.heads().size()
                                ? "the input sizes of the spec's heads do not match the output sizes of its layers"
                                : "the spec has " + hints.heads().size() + " heads, but the tensors have " + heads);
            }
        }
        if (hints.layers() != null) {
            List<Chain> chains =
                    ChainSearch.chains(blocks, hints.withoutLayers()).chains();
            chains = chains.isEmpty() ? ChainSearch.chains(blocks, Hints.NONE).chains() : chains;
            if (!chains.isEmpty()) {
                return contradiction(chains.get(0));
            }
        }
        return missingHeadOrWrongShape();
    }

    private Malformed contradiction(Chain chain) {
        for (int i = 0; i < Math.min(chain.layers().size(), hints.layers().size()); i++) {
            Chain.Layer layer = chain.layers().get(i);
            String cell = hints.layer(i).cell();
            if (cell != null && layer.block() != null && !cell.equals(layer.kind())) {
                return new Malformed(
                        where + ": tensor " + layer.block().main().name(),
                        "the spec's layers[" + i + "].cell is " + cell + ", but by its shape "
                                + layer.block().main().shapeText() + " the layer is " + layer.kind());
            }
        }
        return new Malformed(
                where,
                chain.layers().size() == hints.layers().size()
                        ? "the spec's order of layers does not fit their shapes; this order does: " + chain.text()
                        : "the spec has " + hints.layers().size() + " layers, but the tensors have "
                                + chain.layers().size() + " (" + chain.text() + ")");
    }

    private RuntimeException missingHeadOrWrongShape() {
        Hints headless = new Hints(hints.layers(), List.of(new Hints.Head(null, null)));
        List<Chain> chains = ChainSearch.chains(blocks, headless).chains();
        if (!chains.isEmpty() && chains.get(0).layers().stream().noneMatch(layer -> layer.cell() == Cell.DENSE)) {
            return new Unsupported(
                    where,
                    "does not contain a dense head (no tensor has a name like fc.weight) after "
                            + chains.get(0).layersText() + "; if the last layer is the output, give --spec"
                            + " {\"heads\":[{\"activation\":\"linear\"}]}");
        }
        for (Block block : blocks) {
            boolean fed = blocks.stream()
                    .anyMatch(other -> other.order() != block.order()
                            && other.roles().stream().anyMatch(role -> other.outputs(role) == block.inputs()));
            if (!fed && block.roles().size() == 1 && !block.cell().recurrent()) {
                return new Malformed(
                        where + ": tensor " + block.main().name(),
                        "has shape " + block.main().shapeText() + ": " + block.title() + " has " + block.inputs()
                                + " inputs, but no other layer has as many outputs (" + sizes() + ")");
            }
        }
        return new Unsupported(
                where,
                "its layers do not form a chain from the input to the heads: " + sizes()
                        + "; give their order with --spec and layers[].name, layers[].from, heads[].name");
    }

    private String sizes() {
        return blocks.stream()
                .map(block -> block.title() + " " + block.inputs() + " -> " + block.outputs())
                .collect(Collectors.joining(", "));
    }

    private String modules() {
        return blocks.stream().map(Block::name).distinct().collect(Collectors.joining(", "));
    }
}
