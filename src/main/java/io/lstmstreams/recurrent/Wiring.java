package io.lstmstreams.recurrent;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What each layer and head reads, by position of the layers; {@link #INPUT} is the model's input x.
 *
 * @param layers for each layer the layers below it whose outputs it reads, in order
 * @param heads for each head the layer whose output it reads
 */
public record Wiring(List<List<Integer>> layers, List<Integer> heads) {
    /** The position that stands for the model's input. */
    public static final int INPUT = -1;

    /** Makes it immutable. */
    public Wiring {
        layers = layers.stream().map(List::copyOf).toList();
        heads = List.copyOf(heads);
    }

    /** Each layer reads the one below it, each head the top one. */
    public static Wiring chain(int layers, int heads) {
        return new Wiring(
                IntStream.range(0, layers).mapToObj(i -> List.of(i - 1)).toList(),
                Collections.nCopies(heads, layers - 1));
    }

    /** Whether it is a {@link #chain}. */
    public boolean isChain() {
        return equals(chain(layers.size(), heads.size()));
    }
}
