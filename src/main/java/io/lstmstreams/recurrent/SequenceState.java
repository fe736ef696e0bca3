package io.lstmstreams.recurrent;

import java.util.Arrays;

/**
 * All that is remembered of one sequence: how far it is, its running verdict and (h, c) of every layer. Mutable and not
 * thread-safe; meant to be filled anew for each record rather than created.
 */
public final class SequenceState {
    private final RunningVerdict verdict = new RunningVerdict();
    private final float[][] h; // [layer][units]
    private final float[][] c; // [layer][units]
    private long steps;
    private long lastEventTime;

    /** A state that fits the model, all zeros: a sequence that has not begun. */
    public SequenceState(Model model) {
        int layers = model.layers().size();
        h = new float[layers][];
        c = new float[layers][];
        for (int i = 0; i < layers; i++) {
            h[i] = new float[model.layers().get(i).units()];
            c[i] = new float[model.layers().get(i).units()];
        }
    }

    /** Forgets everything: a sequence that has not begun. */
    public void reset() {
        steps = 0;
        lastEventTime = 0;
        verdict.reset();
        for (int i = 0; i < h.length; i++) {
            Arrays.fill(h[i], 0f);
            Arrays.fill(c[i], 0f);
        }
    }

    /** Events stepped so far. */
    public long steps() {
        return steps;
    }

    /** Counts one more event, or restores a stored count. */
    public void steps(long steps) {
        this.steps = steps;
    }

    /** Timestamp of the last event, in milliseconds since the epoch. */
    public long lastEventTime() {
        return lastEventTime;
    }

    /** Remembers when the last event was. */
    public void lastEventTime(long lastEventTime) {
        this.lastEventTime = lastEventTime;
    }

    /** What the scores so far add up to. */
    public RunningVerdict verdict() {
        return verdict;
    }

    /** The number of layers. */
    public int layers() {
        return h.length;
    }

    /** The hidden state of a layer, {@code [units]}: the live array, not a copy. */
    public float[] h(int layer) {
        return h[layer];
    }

    /** The cell state of a layer, {@code [units]}: the live array, not a copy. */
    public float[] c(int layer) {
        return c[layer];
    }
}
