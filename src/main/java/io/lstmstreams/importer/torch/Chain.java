package io.lstmstreams.importer.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Layers in the order in which values go through them, and the heads that read the last.
 *
 * @param layers from the input upwards
 * @param heads all dense, side by side
 */
record Chain(List<Layer> layers, List<Head> heads) {

    /**
     * One layer.
     *
     * @param kind the spec's word for it
     * @param cell null where it has no parameters
     * @param block null where it has no parameters
     * @param width how many values it gives; -1 if unknown
     */
    record Layer(String kind, Cell cell, Block block, long width) {
        String title() {
            return block == null ? kind : block.title();
        }
    }

    /**
     * One head.
     *
     * @param name what it is called
     * @param block null where its output is its input
     */
    record Head(String name, Block block) {}

    /** Every block, layers first. */
    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        layers.stream().map(Layer::block).filter(block -> block != null).forEach(blocks::add);
        heads.stream().map(Head::block).filter(block -> block != null).forEach(blocks::add);
        return blocks;
    }

    /** Whether the file has the blocks in this very order. */
    boolean inFileOrder() {
        int last = -1;
        for (Block block : blocks()) {
            if (block.order() < last) {
                return false;
            }
            last = block.order();
        }
        return true;
    }

    /** The order for people: {@code encoder > rnn > (next | time)}. */
    String text() {
        String ends = heads.stream().map(Head::name).collect(Collectors.joining(" | "));
        return heads.isEmpty() ? layersText() : layersText() + " > " + (heads.size() == 1 ? ends : "(" + ends + ")");
    }

    /** The same without the heads. */
    String layersText() {
        return layers.stream().map(Layer::title).collect(Collectors.joining(" > "));
    }

    /** A spec that says this order, to copy. */
    String specText() {
        String list = layers.stream()
                .map(layer -> layer.block() == null
                        ? "{\"cell\":\"" + layer.kind() + "\"}"
                        : "{\"cell\":\"" + layer.kind() + "\",\"name\":\""
                                + layer.block().name() + "\"}")
                .collect(Collectors.joining(","));
        String ends =
                heads.stream().map(head -> "{\"name\":\"" + head.name() + "\"}").collect(Collectors.joining(","));
        return "{\"layers\":[" + list + "],\"heads\":[" + ends + "]}";
    }
}
