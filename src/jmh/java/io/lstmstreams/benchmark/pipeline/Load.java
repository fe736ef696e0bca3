package io.lstmstreams.benchmark.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A reproducible sequence of records. In a uniform load, every event belongs to a random sequence of many, none of
 * which ends. In a bursty load, few sequences are live at a time; each ends after {@value #EVENTS_OF_A_SEQUENCE}
 * events, with a record without a value, and a new sequence takes its place. Not thread-safe.
 */
final class Load {
    private static final int EVENTS_OF_A_SEQUENCE = 19; // the average of a block in HDFS

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
     * Returns a load.
     *
     * @param name uniform or bursty
     * @param live the number of live sequences
     * @param symbols the number of different events
     */
    static Load of(String name, int live, int symbols) {
        return switch (name) {
            case "uniform" -> new Load(false, live, symbols);
            case "bursty" -> new Load(true, live, symbols);
            default -> throw new IllegalArgumentException("a load is uniform or bursty, not " + name);
        };
    }

    /** Moves to the next record. */
    void advance() {
        if (end) {
            sequences[chosen] = next++;
            left[chosen] = EVENTS_OF_A_SEQUENCE;
        }
        chosen = random.nextInt(sequences.length);
        end = ends && left[chosen]-- == 0;
    }

    /** Returns the record's key. */
    byte[] key() {
        return ("blk_" + sequences[chosen]).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the record's value, null at the end of a sequence. Must be called once for each record. */
    byte[] value() {
        return end ? null : values[random.nextInt(values.length)];
    }
}
