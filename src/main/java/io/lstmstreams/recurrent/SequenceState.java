package io.lstmstreams.recurrent;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one sequence: the number of its steps, the ids of its last events, its running verdict, and (h, c) of
 * every recurrent layer, or the last events if the network runs windows. Mutable and not thread-safe. Callers fill one
 * instance again for each record instead of creating one for each record.
 */
public final class SequenceState {
    private static final int EXPONENT = 0x7f800000; // the exponent bits, all ones in NaN and in infinities
    private static final int LOWEST_EXPONENT_BIT = 0x00800000;

    private final RunningVerdict verdict = new RunningVerdict();
    private final float[][] h; // [recurrent layer][length of h]
    private final float[][] c; // [recurrent layer][length of c, 0 without a cell state]
    private final float[] features; // the first head's input: an array of h, or a separate array; empty without a head
    private final boolean ownFeatures;
    private final EventWindow window; // of capacity 0 if the state is carried from event to event
    private final int outputs; // of the first head; 0 without a head
    private float @Nullable [] logits; // [outputs], of the first head; created when a stepper first needs it
    private boolean hasCurrentLogits; // whether the logits are those of the current state
    private long steps;
    private long lastEventTime;
    private final RecentEvents recentEvents = new RecentEvents();
    private long processedAt; // wall-clock time in milliseconds since the epoch

    /** Creates a zero state that fits a network. */
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
                ? EventWindow.NONE
                : new EventWindow(network.execution().window(), network.input());
        outputs = network.firstHeadOutputs();
    }

    /** Sets everything to zero, as before a sequence starts. */
    public void reset() {
        steps(0);
        lastEventTime = 0;
        processedAt = 0;
        recentEvents.clear();
        verdict.reset();
        resetRecurrentState();
        Arrays.fill(features, 0f);
        window.clear();
    }

    /**
     * Copies everything but the event ids from another state of the same network.
     *
     * @param other a state of a network that does not run windows
     */
    public void copyFrom(SequenceState other) {
        steps(other.steps);
        lastEventTime = other.lastEventTime;
        processedAt = other.processedAt;
        verdict.copyFrom(other.verdict);
        for (int i = 0; i < h.length; i++) {
            System.arraycopy(other.h[i], 0, h[i], 0, h[i].length);
            System.arraycopy(other.c[i], 0, c[i], 0, c[i].length);
        }
        System.arraycopy(other.features, 0, features, 0, features.length);
    }

    /**
     * Returns whether (h, c), with which the next step begins, are finite. If the network runs windows, they always
     * are, because each step begins with zeros.
     */
    public boolean isFinite() {
        if (hasWindow()) {
            return true;
        }
        int exponents = 0;
        for (int i = 0; i < h.length; i++) {
            exponents |= exponents(h[i]) | exponents(c[i]);
        }
        return exponents >= 0;
    }

    /** Returns a negative number if any value is NaN or infinite. Has no branch, because every step calls it. */
    private static int exponents(float[] values) {
        int all = 0;
        for (float value : values) {
            // If all exponent bits are ones, the carry of the addition reaches the sign bit.
            all |= (Float.floatToRawIntBits(value) & EXPONENT) + LOWEST_EXPONENT_BIT;
        }
        return all;
    }

    /** Sets (h, c) of every layer to zero. */
    void resetRecurrentState() {
        for (int i = 0; i < h.length; i++) {
            Arrays.fill(h[i], 0f);
            Arrays.fill(c[i], 0f);
        }
    }

    /** Returns the number of steps so far. */
    public long steps() {
        return steps;
    }

    /** Sets the number of steps, and invalidates the cached logits. */
    public void steps(long steps) {
        this.steps = steps;
        hasCurrentLogits = false;
    }

    /** Returns the timestamp of the last event, in milliseconds since the epoch. */
    public long lastEventTime() {
        return lastEventTime;
    }

    /** Sets the timestamp of the last event, in milliseconds since the epoch. */
    public void lastEventTime(long lastEventTime) {
        this.lastEventTime = lastEventTime;
    }

    /**
     * Returns the wall-clock time at which the last event was processed, in milliseconds since the epoch; 0 if it is
     * not recorded.
     */
    public long processedAt() {
        return processedAt;
    }

    /** Sets the wall-clock time at which the last event was processed, in milliseconds since the epoch. */
    public void processedAt(long processedAt) {
        this.processedAt = processedAt;
    }

    /** Returns the ids of the last events; empty if they are not recorded. */
    public RecentEvents recentEvents() {
        return recentEvents;
    }

    /** Returns the aggregate of the scores so far. */
    public RunningVerdict verdict() {
        return verdict;
    }

    /** Returns the number of recurrent layers. */
    public int layers() {
        return h.length;
    }

    /** Returns the hidden state of a recurrent layer: the live array, not a copy. */
    public float[] h(int layer) {
        return h[layer];
    }

    /** Returns the cell state of a recurrent layer: the live array, not a copy; empty if the layer has none. */
    public float[] c(int layer) {
        return c[layer];
    }

    /** Returns the first head's input: the live array, not a copy. */
    public float[] features() {
        return features;
    }

    /** Returns the array, {@code [outputs]}, in which a stepper caches the first head's logits of this state. */
    float[] logits() {
        if (logits == null) {
            logits = new float[outputs];
        }
        return logits;
    }

    /** Returns whether {@link #logits()} holds the logits of the current state. */
    boolean hasCurrentLogits() {
        return hasCurrentLogits;
    }

    /** Records that the caller fills {@link #logits()} with the logits of the current state. */
    void logitsAreCurrent() {
        hasCurrentLogits = true;
    }

    /** Returns whether {@link #features()} is a separate array and not one of h. */
    public boolean hasOwnFeatures() {
        return ownFeatures;
    }

    /** Returns whether the network runs windows, so that a sequence carries its last events and not (h, c). */
    public boolean hasWindow() {
        return window.capacity() > 0;
    }

    /** Returns the last events; a window of capacity 0 if {@link #hasWindow()} is false. */
    public EventWindow window() {
        return window;
    }
}
