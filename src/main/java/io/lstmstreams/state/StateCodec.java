package io.lstmstreams.state;

import io.lstmstreams.recurrent.EventWindow;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.RecentEvents;
import io.lstmstreams.recurrent.RunningVerdict;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Encodes and decodes the stored bytes of a sequence's state. The layout is version 2; all numbers are little-endian.
 *
 * <pre>
 * offset  bytes  content
 *      0      1  version, 2
 *      1     16  network fingerprint, the first 16 bytes of its SHA-256
 *     17      8  int64    number of steps so far
 *     25      8  int64    timestamp of the last event, ms since the epoch
 *     33      1  flags    bit 0: the running verdict is anomalous; bit 1: the sequence has ended; the others are 0
 *     34      8  float64  running verdict: sum of the log probabilities
 *     42      8  float64  running verdict: smallest log probability
 *     50      8  int64    running verdict: step of the smallest log probability, 0 before any score
 *     58      4  int32    running verdict: largest rank
 *     62      8  int64    running verdict: step of the largest rank
 *     70      8  int64    model id, see {@link StoredModel#id}; 0 if the application uses one model only
 *     78      4  int32    shape of the numbers below: CRC-32C of the text of {@link #shapeOf}
 *     82      8  int64    wall-clock time at which the last event was processed, ms since the epoch; 0 if not recorded
 *     90      1  uint8    n, the number of event ids
 *     91    8*n  int64    hashes of the ids of the last events, the oldest first
 * 91+8*n      *  float32  for each recurrent layer from the input upwards: h, then c if the layer has a cell state
 *                float32  the first head's input, unless it is one of these h
 *     -4      4  CRC-32C (RFC 3720) of all bytes before it
 * </pre>
 *
 * <p>If the network runs windows, the window's events replace (h, c):
 *
 * <pre>
 *                float32  the first head's input
 *             4  int32    number of events in the window
 *             *           for each position of the window, the oldest event first, unused positions 0: int32 input
 *                         indexes, unless the input is dense; then float32 values, unless the input is one-hot
 * </pre>
 *
 * <p>After a sequence has ended, only the ids of its events are stored, for a while: no numbers follow the ids.
 *
 * <p>Version 1 had the numbers at offset 70, and none of the fields that version 2 has between there and its numbers.
 * Version 1 is read, never written. Every version begins with its number and ends with the checksum of all bytes before
 * it.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class StateCodec {
    /** The layout that this class writes. */
    public static final byte VERSION = StateLayout.VERSION_2;

    private final byte[] fingerprint;
    private final long modelId;
    private final int shape;
    private final boolean oneHot;
    private final int inputSize;
    private final int numbers; // the number of bytes of the float32 numbers or the window

    /** Creates a codec for the states of an application's only model. */
    public StateCodec(Network network) {
        this(network, 0);
    }

    /**
     * Creates a codec for the states of one of several models.
     *
     * @param modelId the model's id, see {@link StoredModel#id}
     */
    public StateCodec(Network network, long modelId) {
        this.fingerprint = Arrays.copyOf(network.fingerprint(), StateLayout.FINGERPRINT_BYTES);
        this.modelId = modelId;
        this.shape = shapeChecksum(network);
        this.oneHot = network.encoding() == InputEncoding.ONE_HOT;
        this.inputSize = network.inputSize();
        this.numbers = bytesOfNumbers(network);
    }

    /** Returns the number of bytes of a stored state without event ids; the record's key is not included. */
    public static int bytesPerSequence(Network network) {
        return StateLayout.HEAD_BYTES + bytesOfNumbers(network) + StateLayout.CHECKSUM_BYTES;
    }

    private static int bytesOfNumbers(Network network) {
        SequenceState state = new SequenceState(network);
        long numbers = state.hasOwnFeatures() ? state.features().length : 0;
        EventWindow window = state.window();
        if (window == null) {
            for (int i = 0; i < state.layers(); i++) {
                numbers += state.h(i).length + state.c(i).length;
            }
        } else {
            boolean oneHot = network.encoding() == InputEncoding.ONE_HOT;
            long perEvent = window.lines(0).length + (oneHot ? 0 : window.values(0).length);
            numbers += 1 + window.capacity() * perEvent;
        }
        return Math.toIntExact(numbers * Float.BYTES);
    }

    /**
     * Returns a description of the numbers in a network's states. A network can continue with the states of another
     * network that has the same description.
     */
    static String shapeOf(Network network) {
        SequenceState state = new SequenceState(network);
        StringBuilder shape = new StringBuilder();
        EventWindow window = state.window();
        if (window == null) {
            for (int i = 0; i < state.layers(); i++) {
                shape.append("h ").append(state.h(i).length);
                shape.append(" c ").append(state.c(i).length).append('\n');
            }
        } else {
            shape.append("window ").append(window.capacity());
            shape.append(" of ").append(network.encoding().specName());
            shape.append(' ').append(network.inputSize()).append('\n');
        }
        if (state.hasOwnFeatures()) {
            shape.append("features ").append(state.features().length).append('\n');
        }
        return shape.toString();
    }

    private static int shapeChecksum(Network network) {
        byte[] shape = shapeOf(network).getBytes(StandardCharsets.US_ASCII);
        return StateLayout.checksum(shape, shape.length);
    }

    /** Encodes a state into a new array. */
    public byte[] encode(SequenceState state) {
        ByteBuffer out = begin(state, numbers, 0);
        if (state.window() == null) {
            for (int i = 0; i < state.layers(); i++) {
                put(out, state.h(i));
                put(out, state.c(i));
            }
        }
        if (state.hasOwnFeatures()) {
            put(out, state.features());
        }
        if (state.window() != null) {
            put(out, state.window());
        }
        return end(out);
    }

    /** Encodes what is stored after a sequence has ended: the ids of its last events. */
    public byte[] encodeEnded(SequenceState state) {
        return end(begin(state, 0, StateLayout.ENDED));
    }

    private ByteBuffer begin(SequenceState state, int bytesOfNumbers, int flags) {
        RunningVerdict verdict = state.verdict();
        RecentEvents recent = state.recentEvents();
        ByteBuffer out = ByteBuffer.allocate(StateLayout.HEAD_BYTES
                        + recent.size() * Long.BYTES
                        + bytesOfNumbers
                        + StateLayout.CHECKSUM_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(VERSION)
                .put(fingerprint)
                .putLong(state.steps())
                .putLong(state.lastEventTime())
                .put((byte) (flags | (verdict.anomalous() ? StateLayout.ANOMALOUS : 0)))
                .putDouble(verdict.sumLogProbability())
                .putDouble(verdict.minLogProbability())
                .putLong(verdict.minAtStep())
                .putInt(verdict.maxRank())
                .putLong(verdict.maxRankAtStep())
                .putLong(modelId)
                .putInt(shape)
                .putLong(state.steppedAt())
                .put((byte) recent.size());
        for (int i = 0; i < recent.size(); i++) {
            out.putLong(recent.get(i));
        }
        return out;
    }

    private byte[] end(ByteBuffer out) {
        byte[] bytes = out.array();
        out.position(bytes.length - StateLayout.CHECKSUM_BYTES);
        out.putInt(StateLayout.checksum(bytes, bytes.length - StateLayout.CHECKSUM_BYTES));
        return bytes;
    }

    /**
     * Decodes a stored state. After a sequence has ended, the result is a zero state with the ids of the last events.
     *
     * @param bytes the result of {@link #encode}, or bytes of version 1
     * @param state a state that fits the network; overwritten, or unchanged if the bytes cannot be read
     * @throws UnreadableStateException if the bytes are of a later version or another model, or damaged; they are never
     *     read as numbers then
     */
    public void decode(byte[] bytes, SequenceState state) {
        StateLayout.check(bytes);
        if (!isEnded(bytes) && !hasFingerprint(bytes)) {
            throw otherModel();
        }
        read(bytes, state);
    }

    /**
     * Decodes a stored state of another model, so that this model continues with its numbers.
     *
     * @param bytes the stored state
     * @param state a state that fits the network; overwritten, or unchanged if the bytes cannot be read
     * @throws UnreadableStateException if the bytes are of a later version or damaged, or if their shape differs or is
     *     not recorded
     */
    public void carry(byte[] bytes, SequenceState state) {
        StateLayout.check(bytes);
        if (!isEnded(bytes) && StateLayout.shape(bytes) != shape) {
            throw otherModel();
        }
        read(bytes, state);
    }

    private void read(byte[] bytes, SequenceState state) {
        boolean version2 = StateLayout.isVersion2(bytes);
        int events = StateLayout.events(bytes);
        int numbersAt = version2 ? StateLayout.eventAt(events) : StateLayout.VERSION_1_BYTES;
        boolean ended = isEnded(bytes);
        if (bytes.length != numbersAt + (ended ? 0 : numbers) + StateLayout.CHECKSUM_BYTES
                || events > RecentEvents.MOST) {
            throw otherModel(); // the checksum is right nevertheless, by chance or on purpose
        }
        if (!ended && state.window() != null) {
            checkWindow(bytes, numbersAt, state);
        }
        ByteBuffer in = StateLayout.in(bytes);
        state.reset();
        in.position(StateLayout.STEPS_AT);
        long steps = in.getLong();
        state.steps(ended ? 0 : steps);
        state.lastEventTime(in.getLong());
        boolean anomalous = (in.get() & StateLayout.ANOMALOUS) != 0;
        state.verdict().restore(in.getDouble(), in.getDouble(), in.getLong(), in.getInt(), in.getLong(), anomalous);
        if (version2) {
            state.steppedAt(in.getLong(StateLayout.STEPPED_AT_AT));
            for (int i = 0; i < events; i++) {
                state.recentEvents().add(in.getLong(StateLayout.eventAt(i)));
            }
        }
        in.position(numbersAt);
        if (ended) {
            state.verdict().reset();
            return;
        }
        if (state.window() == null) {
            for (int i = 0; i < state.layers(); i++) {
                get(in, state.h(i));
                get(in, state.c(i));
            }
        }
        if (state.hasOwnFeatures()) {
            get(in, state.features());
        }
        if (state.window() != null) {
            get(in, state.window());
        }
    }

    /**
     * Reads only the ids of the last events, from a state of any model.
     *
     * @param to the ids are added to these
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    public static void readEvents(byte[] bytes, RecentEvents to) {
        StateLayout.check(bytes);
        int events = StateLayout.events(bytes);
        for (int i = 0; i < events && StateLayout.eventAt(i + 1) < bytes.length; i++) {
            to.add(StateLayout.number(bytes, StateLayout.eventAt(i)));
        }
    }

    /**
     * Returns whether the sequence has ended, so that only the ids of its events are stored. Does not check for damage.
     *
     * @param bytes a stored state of any version
     */
    public static boolean isEnded(byte[] bytes) {
        return StateLayout.isEnded(bytes);
    }

    /**
     * Reads only the timestamp of the last event, for a scan of many states.
     *
     * @return milliseconds since the epoch, or {@link Long#MAX_VALUE} if the version of the bytes is unknown
     */
    public static long lastEventTime(byte[] bytes) {
        return StateLayout.isKnown(bytes) ? StateLayout.number(bytes, StateLayout.LAST_EVENT_TIME_AT) : Long.MAX_VALUE;
    }

    /**
     * Reads only the wall-clock time at which the last event was processed.
     *
     * @return milliseconds since the epoch, or 0 if it is not recorded
     */
    public static long steppedAt(byte[] bytes) {
        return StateLayout.isVersion2(bytes) ? StateLayout.number(bytes, StateLayout.STEPPED_AT_AT) : 0;
    }

    /** Checks that a window's contents are possible. The checksum protects from accidents, not from intent. */
    private void checkWindow(byte[] bytes, int numbersAt, SequenceState state) {
        EventWindow window = state.window();
        int features = state.hasOwnFeatures() ? state.features().length : 0;
        ByteBuffer in = StateLayout.in(bytes);
        in.position(numbersAt + features * Float.BYTES);
        int size = in.getInt();
        boolean possible = size >= 0 && size <= window.capacity();
        for (int k = 0; possible && k < size; k++) {
            for (int i = 0; i < window.lines(k).length; i++) {
                int index = in.getInt();
                possible &= index >= (oneHot ? 0 : SparseInput.UNUSED) && index < inputSize;
            }
            in.position(in.position() + (oneHot ? 0 : window.values(k).length * Float.BYTES));
        }
        if (!possible) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.DAMAGED,
                    "the stored state is damaged: the contents of its window are not possible");
        }
    }

    /** Returns whether bytes have this model's id and fingerprint. Does not check for damage; false for version 1. */
    public boolean owns(byte[] bytes) {
        return StateLayout.isVersion2(bytes) && StateLayout.modelId(bytes) == modelId && hasFingerprint(bytes);
    }

    private boolean hasFingerprint(byte[] bytes) {
        return Arrays.equals(
                bytes,
                StateLayout.FINGERPRINT_AT,
                StateLayout.FINGERPRINT_AT + StateLayout.FINGERPRINT_BYTES,
                fingerprint,
                0,
                StateLayout.FINGERPRINT_BYTES);
    }

    private static UnreadableStateException otherModel() {
        return new UnreadableStateException(
                UnreadableStateException.Reason.OTHER_MODEL, "the stored state is of another model");
    }

    private static void put(ByteBuffer out, float[] values) {
        out.asFloatBuffer().put(values);
        out.position(out.position() + values.length * Float.BYTES);
    }

    private static void get(ByteBuffer in, float[] values) {
        in.asFloatBuffer().get(values);
        in.position(in.position() + values.length * Float.BYTES);
    }

    private void put(ByteBuffer out, EventWindow window) {
        out.putInt(window.size());
        for (int k = 0; k < window.size(); k++) {
            int[] indexes = window.lines(k);
            out.asIntBuffer().put(indexes);
            out.position(out.position() + indexes.length * Integer.BYTES);
            if (!oneHot) {
                put(out, window.values(k));
            }
        }
    }

    private void get(ByteBuffer in, EventWindow window) {
        int size = in.getInt();
        window.clear();
        for (int k = 0; k < size; k++) {
            window.grow();
            int[] indexes = window.lines(k);
            in.asIntBuffer().get(indexes);
            in.position(in.position() + indexes.length * Integer.BYTES);
            if (oneHot) {
                window.values(k)[0] = 1f;
            } else {
                get(in, window.values(k));
            }
        }
    }
}
