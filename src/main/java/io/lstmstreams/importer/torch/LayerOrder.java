package io.lstmstreams.importer.torch;

import io.lstmstreams.importer.draft.Draft;
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
import org.jspecify.annotations.Nullable;

/** Chooses one chain of layers, or refuses the file with the reason. */
final class LayerOrder {
    private static final int MAX_LAYERS = 100;
    private static final Pattern EMBEDDING_NAME =
            Pattern.compile("(?i).*(emb|encode|lookup|wte|vocab|token).*", Pattern.DOTALL);
    private static final Pattern DENSE_NAME =
            Pattern.compile("(?i).*(decode|fc|linear|dense|out|head|proj|pred|class|logit).*", Pattern.DOTALL);

    private static final Pattern HEAD_NAME = Pattern.compile(
            "(?i)(?:.*_)?(out|output|head|decoder|predictor|classifier|logits|final|last)\\d*(?:_.*)?", Pattern.DOTALL);
    private static final Pattern INPUT_NAME =
            Pattern.compile("(?i)(?:.*_)?(in|inp|input|first|encoder|embed|embedding)\\d*(?:_.*)?", Pattern.DOTALL);

    private final String where;
    private final List<StoredLayer> storedLayers;
    private final Hints hints;
    private final boolean inModuleOrder;
    private final Draft draft;

    private LayerOrder(String where, List<StoredLayer> storedLayers, Hints hints, boolean inModuleOrder, Draft draft) {
        this.where = where;
        this.storedLayers = storedLayers;
        this.hints = hints;
        this.inModuleOrder = inModuleOrder;
        this.draft = draft;
    }

    /**
     * Returns the chain that the layers form.
     *
     * @param inModuleOrder true if the file has its tensors in the order of their modules in the Python class
     */
    static Chain of(String where, List<StoredLayer> storedLayers, Hints hints, boolean inModuleOrder, Draft draft) {
        if (storedLayers.size() > MAX_LAYERS) {
            throw new Unsupported(where, "must have at most " + MAX_LAYERS + " layers, but has " + storedLayers.size());
        }
        return new LayerOrder(where, storedLayers, hints, inModuleOrder, draft).decide();
    }

    private Chain decide() {
        ChainSearch.Result result = ChainSearch.chains(storedLayers, hints);
        if (result.chains().isEmpty()) {
            throw nothingFits();
        }
        if (!result.complete()) {
            throw new Unsupported(
                    where,
                    "the order of its " + storedLayers.size()
                            + " layers is ambiguous: very many orders fit; give the order with"
                            + " --spec and layers[].name, heads[].name");
        }
        List<Chain> chains = distinct(result.chains());
        if (chains.size() > 1) {
            chains = preferred(chains, LayerOrder::rolesSuitNames);
        }
        if (chains.size() > 1 && inModuleOrder) {
            List<Chain> inOrder = chains.stream().filter(Chain::inFileOrder).toList();
            if (inOrder.size() == 1) {
                draft.note("layers: " + inOrder.get(0).text() + ", in the file's order (other orders fit as well:"
                        + " choose one with --spec and layers[].name)");
                return inOrder.get(0);
            }
            chains = inOrder.isEmpty() ? chains : inOrder;
        }
        if (chains.size() > 1) {
            chains = preferred(chains, LayerOrder::endsSuitNames);
        }
        if (chains.size() > 1) {
            throw new Unsupported(
                    where,
                    "the order of its layers is ambiguous: "
                            + chains.get(0).text() + " and "
                            + chains.get(1).text()
                            + " fit; for the first, give --spec '"
                            + chains.get(0).specText() + "'");
        }
        draft.note("layers: " + chains.get(0).text() + ", by names and shapes");
        return chains.get(0);
    }

    private static List<Chain> preferred(List<Chain> chains, Predicate<Chain> better) {
        List<Chain> preferred = chains.stream().filter(better).toList();
        return preferred.isEmpty() ? chains : preferred;
    }

    /** Returns whether no name contradicts its role: a matrix without a bias may be a dense layer or an embedding. */
    private static boolean rolesSuitNames(Chain chain) {
        for (Chain.Layer layer : chain.layers()) {
            if (layer.stored() != null && layer.stored().roles().size() > 1) {
                Pattern wrong = layer.cell() == LayerKind.EMBEDDING ? DENSE_NAME : EMBEDDING_NAME;
                Pattern right = layer.cell() == LayerKind.EMBEDDING ? EMBEDDING_NAME : DENSE_NAME;
                if (nameMatches(wrong, layer.stored()) && !nameMatches(right, layer.stored())) {
                    return false;
                }
            }
        }
        return chain.heads().stream()
                .noneMatch(head -> head.stored() != null
                        && head.stored().roles().size() > 1
                        && nameMatches(EMBEDDING_NAME, head.stored())
                        && !nameMatches(DENSE_NAME, head.stored()));
    }

    /** Returns whether dense layers with the name of a head are heads, and layers with the name of an input are not. */
    private static boolean endsSuitNames(Chain chain) {
        return chain.layers().stream()
                        .noneMatch(layer -> layer.cell() == LayerKind.DENSE && nameMatches(HEAD_NAME, layer.stored()))
                && chain.heads().stream()
                        .noneMatch(head -> head.stored() != null && nameMatches(INPUT_NAME, head.stored()));
    }

    private static boolean nameMatches(Pattern pattern, @Nullable StoredLayer stored) {
        String name = stored == null ? "" : stored.name();
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
                        key.add(
                                layer.stored() == null
                                        ? -1
                                        : same[layer.stored().order()]);
                    });
                    key.add("heads");
                    chain.heads().stream()
                            .map(head -> head.stored() == null
                                    ? -1
                                    : same[head.stored().order()])
                            .sorted()
                            .forEach(key::add);
                    return keys.add(key);
                })
                .toList();
    }

    /** Returns, for each layer, the order of the first layer with the same weights. */
    private int[] sameAs() {
        int[] same = new int[storedLayers.size()];
        for (int i = 0; i < storedLayers.size(); i++) {
            StoredLayer stored = storedLayers.get(i);
            same[stored.order()] = stored.order();
            for (int j = 0; j < i && stored.roles().size() > 1; j++) {
                StoredLayer other = storedLayers.get(j);
                if (other.roles().size() > 1
                        && Arrays.equals(stored.main().shape(), other.main().shape())
                        && Arrays.equals(stored.main().values(), other.main().values())) {
                    same[stored.order()] = same[other.order()];
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
                if (name != null && storedLayers.stream().noneMatch(stored -> stored.isCalled(name))) {
                    return new Malformed(
                            where,
                            "the spec's layers[" + i + "].name must be one of " + modules() + ", but is " + name);
                }
            }
        }
        if (hints.heads() != null) {
            List<Chain> chains =
                    ChainSearch.chains(storedLayers, hints.withoutHeads()).chains();
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
                    ChainSearch.chains(storedLayers, hints.withoutLayers()).chains();
            chains = chains.isEmpty()
                    ? ChainSearch.chains(storedLayers, Hints.NONE).chains()
                    : chains;
            if (!chains.isEmpty()) {
                return contradiction(chains.get(0), hints.layers());
            }
        }
        return missingHeadOrWrongShape();
    }

    private Malformed contradiction(Chain chain, List<Hints.Layer> stated) {
        for (int i = 0; i < Math.min(chain.layers().size(), stated.size()); i++) {
            Chain.Layer layer = chain.layers().get(i);
            String cell = stated.get(i).cell();
            if (cell != null && layer.stored() != null && !cell.equals(layer.kind())) {
                return new Malformed(
                        where + ": tensor " + layer.stored().main().name(),
                        "the spec's layers[" + i + "].cell is " + cell + ", but by its shape "
                                + layer.stored().main().shapeText() + " the layer is " + layer.kind());
            }
        }
        return new Malformed(
                where,
                chain.layers().size() == stated.size()
                        ? "the spec's order of layers does not fit their shapes; this order does: " + chain.text()
                        : "the spec has " + stated.size() + " layers, but the tensors have "
                                + chain.layers().size() + " (" + chain.text() + ")");
    }

    private RuntimeException missingHeadOrWrongShape() {
        Hints headless = new Hints(hints.layers(), List.of(new Hints.Head(null, null)));
        List<Chain> chains = ChainSearch.chains(storedLayers, headless).chains();
        if (!chains.isEmpty() && chains.get(0).layers().stream().noneMatch(layer -> layer.cell() == LayerKind.DENSE)) {
            return new Unsupported(
                    where,
                    "does not contain a dense head (no tensor has a name like fc.weight) after "
                            + chains.get(0).layersText() + "; if the last layer is the output, give --spec"
                            + " '{\"heads\":[{\"activation\":\"linear\"}]}'");
        }
        for (StoredLayer stored : storedLayers) {
            boolean fed = storedLayers.stream()
                    .anyMatch(other -> other.order() != stored.order()
                            && other.roles().stream().anyMatch(role -> other.outputs(role) == stored.inputs()));
            if (!fed && stored.roles().size() == 1 && !stored.cell().recurrent()) {
                return new Malformed(
                        where + ": tensor " + stored.main().name(),
                        "has shape " + stored.main().shapeText() + ": " + stored.title() + " has " + stored.inputs()
                                + " inputs, but no other layer has as many outputs (" + sizes() + ")");
            }
        }
        return new Unsupported(
                where,
                "its layers do not form a chain from the input to the heads: " + sizes()
                        + "; give their order with --spec and layers[].name, layers[].from, heads[].name");
    }

    private String sizes() {
        return storedLayers.stream()
                .map(stored -> stored.title() + " " + stored.inputs() + " -> " + stored.outputs())
                .collect(Collectors.joining(", "));
    }

    private String modules() {
        return storedLayers.stream().map(StoredLayer::name).distinct().collect(Collectors.joining(", "));
    }
}
