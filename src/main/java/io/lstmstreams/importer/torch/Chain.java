package io.lstmstreams.importer.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Layers in the order of evaluation, and the heads that read the last layer.
 *
 * @param layers the layers from the input upwards
 * @param heads the heads, all dense
 */
record Chain(List<Layer> layers, List<Head> heads) {

    /**
     * One layer.
     *
     * @param kind the layer's name in a spec
     * @param cell the kind, or null for a layer without parameters
     * @param block the parameters, or null
     * @param width the number of output values; -1 if unknown
     */
    record Layer(String kind, Cell cell, Block block, long width) {
        String title() {
            return block == null ? kind : block.title();
        }
    }

    /**
     * One head.
     *
     * @param name the head's name
     * @param block the parameters, or null if the head's output is its input
     */
    record Head(String name, Block block) {}

    /** Returns all blocks, layers first. */
    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        layers.stream().map(Layer::block).filter(block -> block != null).forEach(blocks::add);
        heads.stream().map(Head::block).filter(block -> block != null).forEach(blocks::add);
        return blocks;
    }

    /** Returns whether the blocks have this order in the file. */
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

    /** Returns the order as text: {@code encoder > rnn > (next | time)}. */
    String text() {
        String ends = heads.stream().map(Head::name).collect(Collectors.joining(" | "));
        return heads.isEmpty() ? layersText() : layersText() + " > " + (heads.size() == 1 ? ends : "(" + ends + ")");
    }

    /** Returns the order of the layers as text, without the heads. */
    String layersText() {
        return layers.stream().map(Layer::title).collect(Collectors.joining(" > "));
    }

    /** Returns a spec that selects this order. */
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
