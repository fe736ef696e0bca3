package io.lstmstreams.importer.torch;

import io.lstmstreams.modelfile.LayerTypes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds every order of layers in which each layer's input size is the output size of the layer before it, that ends in
 * dense heads, and that the user's spec allows. The search is bounded, because many layers of the same size have very
 * many orders.
 */
final class ChainSearch {
    private static final int MAX_STEPS = 10_000;
    private static final int MAX_CHAINS = 200;

    private final List<StoredLayer> storedLayers;
    private final Hints hints;
    private final boolean exact;
    private final List<BitSet> before; // by layer: the layers that precede it by the numbers in their names
    private final List<BitSet> below; // by layer: the layer below in its module
    private final @Nullable StoredLayer[] above; // by layer: the next layer of its module
    private final BitSet used = new BitSet();
    private final List<Chain.Layer> layers = new ArrayList<>();
    private final List<Chain> found = new ArrayList<>();
    private int steps;

    /**
     * Prepares a search.
     *
     * @param exact true if the chain must have exactly the layers of the spec
     * @param numbered true if {@code fc2} must come after {@code fc1}
     */
    private ChainSearch(List<StoredLayer> storedLayers, Hints hints, boolean exact, boolean numbered) {
        this.storedLayers = storedLayers;
        this.hints = hints;
        this.exact = exact;
        this.before = ModuleNumbers.before(storedLayers, numbered);
        this.below = new ArrayList<>();
        this.above = new StoredLayer[storedLayers.size()];
        for (StoredLayer stored : storedLayers) {
            BitSet lower = new BitSet();
            for (int i = 0; i < storedLayers.size(); i++) {
                StoredLayer other = storedLayers.get(i);
                if (other.cell().recurrent()
                        && stored.cell().recurrent()
                        && other.module().equals(stored.module())) {
                    lower.set(i, other.layer() == stored.layer() - 1);
                    if (other.layer() == stored.layer() + 1) {
                        above[stored.order()] = other;
                    }
                }
            }
            below.add(lower);
        }
    }

    /**
     * The result of a search.
     *
     * @param chains the chains that fit
     * @param complete true if the search was exhaustive
     */
    record Result(List<Chain> chains, boolean complete) {}

    /**
     * Returns the chains that fit, preferably with the order of numbers in names and with the spec's number of layers.
     */
    static Result chains(List<StoredLayer> storedLayers, Hints hints) {
        for (boolean exact : new boolean[] {true, false}) {
            for (boolean numbered : new boolean[] {true, false}) {
                ChainSearch search = new ChainSearch(storedLayers, hints, exact && hints.layers() != null, numbered);
                search.extend();
                if (!search.found.isEmpty()) {
                    return new Result(search.found, search.steps <= MAX_STEPS && search.found.size() < MAX_CHAINS);
                }
            }
        }
        return new Result(List.of(), true);
    }

    private void extend() {
        if (++steps > MAX_STEPS || found.size() >= MAX_CHAINS) {
            return;
        }
        int at = layers.size();
        List<Hints.Layer> stated = hints.layers();
        if (stated == null || at >= stated.size()) {
            end();
        }
        if (exact && stated != null && at == stated.size()) {
            return;
        }
        Hints.Layer hint = hints.layer(at);
        String cell = hint.cell();
        if (cell != null && LayerTypes.isWithoutParameters(cell)) {
            push(new Chain.Layer(cell, null, null, widthWithoutParameters(cell, hint)), -1);
            return;
        }
        StoredLayer next = upperLayer();
        for (int i = 0; i < storedLayers.size(); i++) {
            StoredLayer stored = storedLayers.get(i);
            if (!used.get(i) && (next == null || next.order() == stored.order())) {
                for (LayerKind role : stored.roles()) {
                    if (fits(stored, role, at, hint) && mayCome(stored, i, hint)) {
                        push(new Chain.Layer(role.specName(), role, stored, stored.outputs(role)), i);
                    }
                }
            }
        }
    }

    private void push(Chain.Layer layer, int stored) {
        layers.add(layer);
        if (stored >= 0) {
            used.set(stored);
        }
        extend();
        if (stored >= 0) {
            used.clear(stored);
        }
        layers.remove(layers.size() - 1);
    }

    /** Returns the next layer of the last layer's module, which must follow directly, or null. */
    private @Nullable StoredLayer upperLayer() {
        StoredLayer last =
                layers.isEmpty() ? null : layers.get(layers.size() - 1).stored();
        return last == null ? null : above[last.order()];
    }

    private boolean mayCome(StoredLayer stored, int index, Hints.Layer hint) {
        if (hint.name() != null) {
            return stored.isCalled(hint.name()) && areUsed(below.get(index));
        }
        return areUsed(before.get(index)) && areUsed(below.get(index));
    }

    private boolean areUsed(BitSet needed) {
        for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
            if (!used.get(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(StoredLayer stored, LayerKind role, int at, Hints.Layer hint) {
        if (hint.cell() != null && !hint.cell().equals(role.specName())) {
            return false;
        }
        boolean readsInput =
                hint.from() == null ? at == 0 : hint.from().stream().allMatch(from -> from < 0);
        if (role == LayerKind.EMBEDDING) {
            return readsInput;
        }
        long width = width(at, hint.from());
        return width < 0 || width == stored.inputs();
    }

    /**
     * Returns the sum of the output sizes of the layers at these positions; -1 if unknown, as for the model's input.
     */
    private long width(int at, @Nullable List<Integer> from) {
        long sum = 0;
        for (int position : from == null ? List.of(at - 1) : from) {
            long width =
                    position < 0 || position >= at ? -1 : layers.get(position).width();
            if (width < 0) {
                return -1;
            }
            sum += width;
        }
        return sum;
    }

    private long widthWithoutParameters(String cell, Hints.Layer hint) {
        if (cell.equals("slice")) {
            return hint.units() > 0 ? hint.units() : -1;
        }
        boolean sum = cell.equals("concat");
        return width(
                layers.size(),
                sum || hint.from() == null ? hint.from() : hint.from().subList(0, 1));
    }

    /** Ends the chain and takes the remaining layers as heads, if they fit. */
    private void end() {
        List<StoredLayer> left = new ArrayList<>();
        for (int i = 0; i < storedLayers.size(); i++) {
            if (!used.get(i)) {
                left.add(storedLayers.get(i));
            }
        }
        boolean recurrent = layers.stream()
                .anyMatch(layer -> layer.cell() != null && layer.cell().recurrent());
        if (recurrent && upperLayer() == null && left.stream().allMatch(stored -> stored.cell() == LayerKind.DENSE)) {
            List<Chain.Head> heads = heads(left);
            if (heads != null) {
                found.add(new Chain(List.copyOf(layers), heads));
            }
        }
    }

    private @Nullable List<Chain.Head> heads(List<StoredLayer> left) {
        if (hints.heads() == null) {
            boolean fit = !left.isEmpty() && left.stream().allMatch(stored -> fits(stored, null));
            return fit
                    ? left.stream()
                            .map(stored -> new Chain.Head(stored.name(), stored))
                            .toList()
                    : null;
        }
        if (left.isEmpty()) {
            return headsWithoutParameters(hints.heads());
        }
        if (left.size() != hints.heads().size()) {
            return null;
        }
        Map<Integer, StoredLayer> byPosition = new HashMap<>();
        List<StoredLayer> unnamed = new ArrayList<>(left);
        for (int i = 0; i < left.size(); i++) {
            String name = hints.heads().get(i).name();
            for (StoredLayer stored : left) {
                if (name != null && stored.isCalled(name) && unnamed.remove(stored)) {
                    byPosition.put(i, stored);
                    break;
                }
            }
        }
        List<Chain.Head> heads = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            StoredLayer stored = byPosition.containsKey(i) ? byPosition.get(i) : unnamed.remove(0);
            if (!fits(stored, hints.heads().get(i).from())) {
                return null;
            }
            heads.add(new Chain.Head(stored.name(), stored));
        }
        return heads;
    }

    /**
     * Returns a head that passes the last layer's output on. A dense layer would be a head, unless the spec lists it.
     */
    private @Nullable List<Chain.Head> headsWithoutParameters(List<Hints.Head> stated) {
        if (hints.layers() == null && layers.stream().anyMatch(layer -> layer.cell() == LayerKind.DENSE)) {
            return null;
        }
        List<Chain.Head> heads = new ArrayList<>();
        for (Hints.Head head : stated) {
            heads.add(new Chain.Head(head.name() == null ? "output" : head.name(), null));
        }
        return heads.size() <= 1 ? heads : null;
    }

    private boolean fits(StoredLayer head, @Nullable Integer from) {
        long width = width(layers.size(), from == null ? null : List.of(from));
        return width < 0 || width == head.inputs();
    }
}
