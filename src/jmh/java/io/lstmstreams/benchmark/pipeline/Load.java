package io.lstmstreams.benchmark.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What events come in, one after the other, always the same ones. Uniform: every event is one of a random sequence of many,
 * none of which ends. Bursty: few sequences are live at a time, and each ends after {@value #EVENTS_OF_A_SEQUENCE} events,
 * with a record without a value, and makes room for a new one. Not thread-safe.
 */
final class Load {
    private static final int EVENTS_OF_A_SEQUENCE = 19; // as many as a block of HDFS has, on average

    private final boolean ends;
    private final byte[][] values;
    private final int[] sequences;
    private final int[] left;
    private final SplittableRandom random = new SplittableRandom(1);
    private int next;
    private int chosen;
    private boolean end;

    private Load(boolean ends, int live, int symbols) {
        this.ends = ends;
        values = IntStream.rangeClosed(1, symbols)
                .mapToObj(event -> ("{\"event\":\"E" + event + "\"}").getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        sequences = IntStream.range(0, live).toArray();
        left = new int[live];
        Arrays.fill(left, EVENTS_OF_A_SEQUENCE);
        next = live;
    }

    /**
     * One of the loads.
     *
     * @param name uniform or bursty
     * @param live how many sequences are live
     * @param symbols how many different events there are
     */
    static Load of(String name, int live, int symbols) {
        return switch (name) {
            case "uniform" -> new Load(false, live, symbols);
            case "bursty" -> new Load(true, live, symbols);
            default -> throw new IllegalArgumentException("a load is uniform or bursty, not " + name);
        };
    }

    /** Goes on to the next record. */
    void advance() {
        if (end) {
            sequences[chosen] = next++;
            left[chosen] = EVENTS_OF_A_SEQUENCE;
        }
        chosen = random.nextInt(sequences.length);
        end = ends && left[chosen]-- == 0;
    }

    /** The record's key. */
    byte[] key() {
        return ("blk_" + sequences[chosen]).getBytes(StandardCharsets.UTF_8);
    }

    /** The record's value; null at the end of a sequence. Asked for once. */
    byte[] value() {
        return end ? null : values[random.nextInt(values.length)];
    }
}
