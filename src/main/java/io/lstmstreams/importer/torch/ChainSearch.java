package io.lstmstreams.importer.torch;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds every order of layers in which each layer's input size is the output size of the layer before it, that ends in dense
 * heads, and that the user's spec allows. The search is bounded, because many layers of the same size have very many orders.
 */
final class ChainSearch {
    private static final int MAX_STEPS = 10_000;
    private static final int MAX_CHAINS = 200;

    private final List<Block> blocks;
    private final Hints hints;
    private final boolean exact;
    private final List<BitSet> before; // by block: the blocks that precede it by the numbers in their names
    private final List<BitSet> below; // by block: the layer below in its module
    private final Block[] above; // by block: the next layer of its module
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
    private ChainSearch(List<Block> blocks, Hints hints, boolean exact, boolean numbered) {
        this.blocks = blocks;
        this.hints = hints;
        this.exact = exact;
        this.before = ModuleNumbers.before(blocks, numbered);
        this.below = new ArrayList<>();
        this.above = new Block[blocks.size()];
        for (Block block : blocks) {
            BitSet lower = new BitSet();
            for (int i = 0; i < blocks.size(); i++) {
                Block other = blocks.get(i);
                if (other.cell().recurrent()
                        && block.cell().recurrent()
                        && other.module().equals(block.module())) {
                    lower.set(i, other.layer() == block.layer() - 1);
                    if (other.layer() == block.layer() + 1) {
                        above[block.order()] = other;
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

    /** Returns the chains that fit, preferably with the order of numbers in names and with the spec's number of layers. */
    static Result chains(List<Block> blocks, Hints hints) {
        for (boolean exact : new boolean[] {true, false}) {
            for (boolean numbered : new boolean[] {true, false}) {
                ChainSearch search = new ChainSearch(blocks, hints, exact && hints.layers() != null, numbered);
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
        if (hints.layers() == null || at >= hints.layers().size()) {
            end();
        }
        if (exact && at == hints.layers().size()) {
            return;
        }
        Hints.Layer hint = hints.layer(at);
        if (hint.withoutParameters()) {
            push(new Chain.Layer(hint.cell(), null, null, widthWithoutParameters(hint)), -1);
            return;
        }
        Block next = upperLayer();
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (!used.get(i) && (next == null || next.order() == block.order())) {
                for (Cell role : block.roles()) {
                    if (fits(block, role, at, hint) && mayCome(block, i, hint)) {
                        push(new Chain.Layer(role.specName(), role, block, block.outputs(role)), i);
                    }
                }
            }
        }
    }

    private void push(Chain.Layer layer, int block) {
        layers.add(layer);
        if (block >= 0) {
            used.set(block);
        }
        extend();
        if (block >= 0) {
            used.clear(block);
        }
        layers.remove(layers.size() - 1);
    }

    /** Returns the next layer of the last layer's module, which must follow directly, or null. */
    private Block upperLayer() {
        Block last = layers.isEmpty() ? null : layers.get(layers.size() - 1).block();
        return last == null ? null : above[last.order()];
    }

    private boolean mayCome(Block block, int index, Hints.Layer hint) {
        if (hint.name() != null) {
            return block.isCalled(hint.name()) && areUsed(below.get(index));
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

    private boolean fits(Block block, Cell role, int at, Hints.Layer hint) {
        if (hint.cell() != null && !hint.cell().equals(role.specName())) {
            return false;
        }
        boolean readsInput =
                hint.from() == null ? at == 0 : hint.from().stream().allMatch(from -> from < 0);
        if (role == Cell.EMBEDDING) {
            return readsInput;
        }
        long width = width(at, hint.from());
        return width < 0 || width == block.inputs();
    }

    /** Returns the sum of the output sizes of the layers at these positions; -1 if unknown, as for the model's input. */
    private long width(int at, List<Integer> from) {
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

    private long widthWithoutParameters(Hints.Layer hint) {
        if (hint.cell().equals("slice")) {
            return hint.units() > 0 ? hint.units() : -1;
        }
        boolean sum = hint.cell().equals("concat");
        return width(
                layers.size(),
                sum || hint.from() == null ? hint.from() : hint.from().subList(0, 1));
    }

    /** Ends the chain and takes the remaining blocks as heads, if they fit. */
    private void end() {
        List<Block> left = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            if (!used.get(i)) {
                left.add(blocks.get(i));
            }
        }
        boolean recurrent = layers.stream()
                .anyMatch(layer -> layer.cell() != null && layer.cell().recurrent());
        if (recurrent && upperLayer() == null && left.stream().allMatch(block -> block.cell() == Cell.DENSE)) {
            List<Chain.Head> heads = heads(left);
            if (heads != null) {
                found.add(new Chain(List.copyOf(layers), heads));
            }
        }
    }

    private List<Chain.Head> heads(List<Block> left) {
        if (hints.heads() == null) {
            boolean fit = !left.isEmpty() && left.stream().allMatch(block -> fits(block, null));
            return fit
                    ? left.stream()
                            .map(block -> new Chain.Head(block.name(), block))
                            .toList()
                    : null;
        }
        if (left.isEmpty()) {
            return headsWithoutParameters();
        }
        if (left.size() != hints.heads().size()) {
            return null;
        }
        Map<Integer, Block> byPosition = new HashMap<>();
        List<Block> unnamed = new ArrayList<>(left);
        for (int i = 0; i < left.size(); i++) {
            String name = hints.heads().get(i).name();
            for (Block block : left) {
                if (name != null && block.isCalled(name) && unnamed.remove(block)) {
                    byPosition.put(i, block);
                    break;
                }
            }
        }
        List<Chain.Head> heads = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            Block block = byPosition.containsKey(i) ? byPosition.get(i) : unnamed.remove(0);
            if (!fits(block, hints.heads().get(i).from())) {
                return null;
            }
            heads.add(new Chain.Head(block.name(), block));
        }
        return heads;
    }

    /** Returns a head that passes the last layer's output on. A dense layer would be a head, unless the spec lists it. */
    private List<Chain.Head> headsWithoutParameters() {
        if (hints.layers() == null && layers.stream().anyMatch(layer -> layer.cell() == Cell.DENSE)) {
            return null;
        }
        List<Chain.Head> heads = new ArrayList<>();
        for (Hints.Head head : hints.heads()) {
            heads.add(new Chain.Head(head.name() == null ? "output" : head.name(), null));
        }
        return heads.size() <= 1 ? heads : null;
    }

    private boolean fits(Block head, Integer from) {
        long width = width(layers.size(), from == null ? null : List.of(from));
        return width < 0 || width == head.inputs();
    }
}
