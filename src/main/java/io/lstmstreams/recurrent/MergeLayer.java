package io.lstmstreams.recurrent;

import java.util.List;

/**
 * Several vectors into one: a residual connection adds them.
 *
 * @param kind how
 * @param sizes the lengths of what it reads, in order
 */
public record MergeLayer(Kind kind, List<Integer> sizes) implements Layer {

    /** How vectors become one. */
    public enum Kind {
        /** Their sum, element by element. */
        ADD,
        /** Their product, element by element. */
        MULTIPLY,
        /** One after the other. */
        CONCAT
    }

    /** Checks that the lengths fit together. */
    public MergeLayer {
        sizes = List.copyOf(sizes);
        if (sizes.isEmpty()) {
            throw new IllegalArgumentException(kind + " reads nothing");
        }
        if (kind != Kind.CONCAT && sizes.stream().distinct().count() > 1) {
            throw new IllegalArgumentException(kind + " wants vectors of one length, not " + sizes);
        }
    }

    @Override
    public String cell() {
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
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint.text(cell() + " " + sizes);
    }
}
