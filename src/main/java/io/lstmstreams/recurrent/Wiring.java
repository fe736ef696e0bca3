package io.lstmstreams.recurrent;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The inputs of each layer and head, as indexes of layers; {@link #INPUT} is the network's input x.
 *
 * @param layers for each layer, the layers below whose outputs it reads, in order
 * @param heads for each head, the layer whose output it reads
 */
public record Wiring(List<List<Integer>> layers, List<Integer> heads) {
    /** The index that stands for the network's input. */
    public static final int INPUT = -1;

    /** Copies the lists. */
    public Wiring {
        layers = layers.stream().map(List::copyOf).toList();
        heads = List.copyOf(heads);
    }

    /** Returns the wiring in which each layer reads the layer below, and each head reads the top layer. */
    public static Wiring chain(int layers, int heads) {
        return new Wiring(
                IntStream.range(0, layers).mapToObj(i -> List.of(i - 1)).toList(),
                Collections.nCopies(heads, layers - 1));
    }

    /** Returns whether this wiring is a {@link #chain}. */
    public boolean isChain() {
        return equals(chain(layers.size(), heads.size()));
    }
}
