package io.lstmstreams.recurrent;

import java.util.List;

/**
 * A layer that turns several vectors into one: a residual connection, for example, adds them.
 *
 * @param kind the operation
 * @param sizes the lengths of the vectors that the layer reads, in order
 */
public record MergeLayer(Kind kind, List<Integer> sizes) implements Layer {

    /** The operations. */
    public enum Kind {
        /** The sum, element by element. */
        ADD,
        /** The product, element by element. */
        MULTIPLY,
        /** The vectors one after the other. */
        CONCAT
    }

    /** Checks that the lengths fit together. */
    public MergeLayer {
        sizes = List.copyOf(sizes);
        if (sizes.isEmpty()) {
            throw new IllegalArgumentException(kind + " must read at least one vector");
        }
        if (kind != Kind.CONCAT && sizes.stream().distinct().count() > 1) {
            throw new IllegalArgumentException(kind + " requires vectors of one length, but reads " + sizes);
        }
    }

    @Override
    public String specName() {
        return switch (kind) {
            case ADD -> "add";
            case MULTIPLY -> "multiply";
            case CONCAT -> "concat";
        };
    }

    @Override
    public int inputSize() {
        return sizes.stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public int outputSize() {
        return kind == Kind.CONCAT ? inputSize() : sizes.get(0);
    }

    @Override
    public long parameters() {
        return 0;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.addText(specName() + " " + sizes);
    }
}
