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

/** Decides for one chain of layers, or says what does not fit or cannot be told. */
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
    private final boolean fileOrderTells;
    private final List<String> notes;

    private Order(String where, List<Block> blocks, Hints hints, boolean fileOrderTells, List<String> notes) {
        this.where = where;
        this.blocks = blocks;
        this.hints = hints;
        this.fileOrderTells = fileOrderTells;
        this.notes = notes;
    }

    /**
     * The chain that the blocks form.
     *
     * @param fileOrderTells whether the file has its tensors in the order of their modules in the Python class
     */
    static Chain of(String where, List<Block> blocks, Hints hints, boolean fileOrderTells, List<String> notes) {
        if (blocks.size() > MAX_BLOCKS) {
            throw new Unsupported(where, "holds " + blocks.size() + " layers, more than " + MAX_BLOCKS);
        }
        return new Order(where, blocks, hints, fileOrderTells, notes).decide();
    }

    private Chain decide() {
        ChainSearch.Result result = ChainSearch.chains(blocks, hints);
        if (result.chains().isEmpty()) {
            throw nothingFits();
        }
        if (!result.complete()) {
            throw new Unsupported(
                    where,
                    "the order of its " + blocks.size() + " layers cannot be told, as very many fit; say it with --spec"
                            + " and layers[].name, heads[].name");
        }
        List<Chain> chains = distinct(result.chains());
        if (chains.size() > 1) {
            chains = preferred(chains, Order::rolesSuitNames);
        }
        if (chains.size() > 1 && fileOrderTells) {
            List<Chain> inOrder = chains.stream().filter(Chain::inFileOrder).toList();
            if (inOrder.size() == 1) {
                notes.add("layers: " + inOrder.get(0).text() + ", as the file has them (other orders fit as well:"
                        + " --spec with layers[].name says another)");
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
                    "the order of its layers cannot be told, as "
                            + chains.get(0).text() + " and "
                            + chains.get(1).text()
                            + " fit; say it with --spec and layers[].name, heads[].name, such as "
                            + chains.get(0).specText());
        }
        notes.add("layers: " + chains.get(0).text() + ", by names and shapes");
        return chains.get(0);
    }

    private static List<Chain> preferred(List<Chain> chains, Predicate<Chain> better) {
        List<Chain> preferred = chains.stream().filter(better).toList();
        return preferred.isEmpty() ? chains : preferred;
    }

    /** A matrix without a bias may be a dense layer or an embedding; its name may tell. */
    private static boolean rolesSuitNames(Chain chain) {
        for (Chain.Layer layer : chain.layers()) {
            if (layer.block() != null && layer.block().roles().size() > 1) {
                Pattern wrong = layer.cell() == Cell.EMBEDDING ? DENSE_NAME : EMBEDDING_NAME;
                Pattern right = layer.cell() == Cell.EMBEDDING ? EMBEDDING_NAME : DENSE_NAME;
                if (says(wrong, layer.block()) && !says(right, layer.block())) {
                    return false;
                }
            }
        }
        return chain.heads().stream()
                .noneMatch(head -> head.block() != null
                        && head.block().roles().size() > 1
                        && says(EMBEDDING_NAME, head.block())
                        && !says(DENSE_NAME, head.block()));
    }

    /** A dense layer that is called a head is one, and the first is none. */
    private static boolean endsSuitNames(Chain chain) {
        return chain.layers().stream().noneMatch(layer -> layer.cell() == Cell.DENSE && says(HEAD_NAME, layer.block()))
                && chain.heads().stream().noneMatch(head -> head.block() != null && says(INPUT_NAME, head.block()));
    }

    private static boolean says(Pattern pattern, Block block) {
        String name = block.name();
        return pattern.matcher(name.substring(name.lastIndexOf('.') + 1)).matches();
    }

    /** Of chains that differ only in which of two equal matrices (tied weights) is where, the first. */
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

    /** For each block, by its order, the order of the first that has the same numbers. */
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
                            "the spec's layers[" + i + "].name is " + name + ", and its modules are " + modules());
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
                                ? "the spec's heads do not take what its layers give"
                                : "the spec has " + hints.heads().size() + " heads, the tensors " + heads);
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
                        "the spec's layers[" + i + "].cell is " + cell + ", by its shape "
                                + layer.block().main().shapeText() + " it is " + layer.kind());
            }
        }
        return new Malformed(
                where,
                chain.layers().size() == hints.layers().size()
                        ? "the spec's order of layers does not fit their shapes; " + chain.text() + " does"
                        : "the spec has " + hints.layers().size() + " layers, the tensors "
                                + chain.layers().size() + " (" + chain.text() + ")");
    }

    private RuntimeException missingHeadOrWrongShape() {
        Hints headless = new Hints(hints.layers(), List.of(new Hints.Head(null, null)));
        List<Chain> chains = ChainSearch.chains(blocks, headless).chains();
        if (!chains.isEmpty() && chains.get(0).layers().stream().noneMatch(layer -> layer.cell() == Cell.DENSE)) {
            return new Unsupported(
                    where,
                    "holds no dense head (no tensor is named like fc.weight) after "
                            + chains.get(0).layersText() + "; if that is the output, say so with --spec"
                            + " {\"heads\":[{\"activation\":\"linear\"}]}");
        }
        for (Block block : blocks) {
            boolean fed = blocks.stream()
                    .anyMatch(other -> other.order() != block.order()
                            && other.roles().stream().anyMatch(role -> other.outputs(role) == block.inputs()));
            if (!fed && block.roles().size() == 1 && !block.cell().recurrent()) {
                return new Malformed(
                        where + ": tensor " + block.main().name(),
                        "has shape " + block.main().shapeText() + ": " + block.title() + " takes " + block.inputs()
                                + " values, but no other layer gives as many (" + sizes() + ")");
            }
        }
        return new Unsupported(
                where,
                "its layers form no chain from input to heads: " + sizes()
                        + "; if they do, say how with --spec and layers[].name, layers[].from, heads[].name");
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
