package io.lstmstreams.recurrent;

import java.util.Arrays;
import java.util.List;

/**
 * All that is remembered of one sequence: how far it is, which events it had last, its running verdict and (h, c) of every recurrent layer, or the
 * last events where a model works on windows. Mutable and not thread-safe; meant to be filled anew for each record rather
 * than created.
 */
public final class SequenceState {
    private static final int EXPONENT = 0x7f800000; // all ones in NaN and in the infinities
    private static final int LOWEST_EXPONENT_BIT = 0x00800000;

    private final RunningVerdict verdict = new RunningVerdict();
    private final float[][] h; // [recurrent layer][length of h]
    private final float[][] c; // [recurrent layer][length of c, 0 without a cell state]
    private final float[] features; // what the first head reads: an array of h, or one of its own; empty without a head
    private final boolean ownFeatures;
    private final EventWindow window; // null where the state goes on from event to event
    private final int outputs; // of the first head; 0 without a head
    private float[] logits; // [outputs], what the first head says; null until somebody asks
    private boolean knowsLogits; // whether they are those of the state as it is
    private long steps;
    private long lastEventTime;
    private final RecentEvents recentEvents = new RecentEvents();
    private long steppedAt;

    /** A state that fits the model, all zeros: a sequence that has not begun. */
    public SequenceState(Network network) {
        List<RecurrentLayer> layers = network.recurrentLayers();
        h = layers.stream().map(layer -> new float[layer.outputSize()]).toArray(float[][]::new);
        c = layers.stream().map(layer -> new float[layer.cellStateSize()]).toArray(float[][]::new);
        int shared = network.recurrentLayerOfFirstHead();
        ownFeatures = shared < 0 && !network.heads().isEmpty();
        if (shared >= 0) {
            features = h[shared];
        } else {
            features = new float[ownFeatures ? network.heads().get(0).inputs() : 0];
        }
        window = network.execution().carries()
                ? null
                : new EventWindow(network.execution().window(), network.input());
        outputs = network.firstHeadOutputs();
    }

    /** Forgets everything: a sequence that has not begun. */
    public void reset() {
        steps(0);
        lastEventTime = 0;
        steppedAt = 0;
        recentEvents.clear();
        verdict.reset();
        forgetRecurrentState();
        Arrays.fill(features, 0f);
        if (window != null) {
            window.clear();
        }
    }

    /** Takes over another state of the same model that does not work on windows, but for the ids of its events. */
    public void copy(SequenceState other) {
        steps(other.steps);
        lastEventTime = other.lastEventTime;
        steppedAt = other.steppedAt;
        verdict.copy(other.verdict);
        for (int i = 0; i < h.length; i++) {
            System.arraycopy(other.h[i], 0, h[i], 0, h[i].length);
            System.arraycopy(other.c[i], 0, c[i], 0, c[i].length);
        }
        System.arraycopy(other.features, 0, features, 0, features.length);
    }

    /**
     * Returns whether the numbers that the next step begins with are finite. Those of a model that works on windows are, because
     * its steps begin with zeros.
     */
    public boolean isFinite() {
        if (window != null) {
            return true;
        }
        int exponents = 0;
        for (int i = 0; i < h.length; i++) {
            exponents |= exponents(h[i]) | exponents(c[i]);
        }
        return exponents >= 0;
    }

    /** Returns a negative number if any value is NaN or infinite. Without a branch, because this is done for each step. */
    private static int exponents(float[] values) {
        int all = 0;
        for (float value : values) {
            all |= (Float.floatToRawIntBits(value) & EXPONENT)
                    + LOWEST_EXPONENT_BIT; // whose carry reaches the sign bit
        }
        return all;
    }

    void forgetRecurrentState() {
        for (int i = 0; i < h.length; i++) {
            Arrays.fill(h[i], 0f);
            Arrays.fill(c[i], 0f);
        }
    }

    /** Events stepped so far. */
    public long steps() {
        return steps;
    }

    /** Counts one more event, or restores a stored count: the state is another one from here on. */
    public void steps(long steps) {
        this.steps = steps;
        knowsLogits = false;
    }

    /** Timestamp of the last event, in milliseconds since the epoch. */
    public long lastEventTime() {
        return lastEventTime;
    }

    /** Remembers when the last event was. */
    public void lastEventTime(long lastEventTime) {
        this.lastEventTime = lastEventTime;
    }

    /** When the last event was stepped, by the clock, in milliseconds since the epoch; 0 where nobody asks. */
    public long steppedAt() {
        return steppedAt;
    }

    /** Remembers when the last event was stepped. */
    public void steppedAt(long steppedAt) {
        this.steppedAt = steppedAt;
    }

    /** The last events by their ids; empty where nobody asks. */
    public RecentEvents recentEvents() {
        return recentEvents;
    }

    /** What the scores so far add up to. */
    public RunningVerdict verdict() {
        return verdict;
    }

    /** The number of recurrent layers. */
    public int layers() {
        return h.length;
    }

    /** The hidden state of a recurrent layer, of its output's length: the live array, not a copy. */
    public float[] h(int layer) {
        return h[layer];
    }

    /** The cell state of a recurrent layer, empty where the cell has none: the live array, not a copy. */
    public float[] c(int layer) {
        return c[layer];
    }

    /** What the first head reads: the live array, not a copy. */
    public float[] features() {
        return features;
    }

    /** Where a stepper keeps what the first head says of this state, until the state is another one: {@code [outputs]}. */
    float[] logits() {
        if (logits == null) {
            logits = new float[outputs];
        }
        return logits;
    }

    /** Whether {@link #logits()} are those of the state as it is; a stepper that asks fills them in if not. */
    boolean askLogits() {
        boolean known = knowsLogits;
        knowsLogits = true;
        return known;
    }

    /** Whether {@link #features()} is an array of its own and not one of h. */
    public boolean hasOwnFeatures() {
        return ownFeatures;
    }

    /** The last events of a model that works on windows; null for one whose state goes on. */
    public EventWindow window() {
        return window;
    }
}
