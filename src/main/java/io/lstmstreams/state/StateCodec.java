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
 * Stored bytes of a sequence's state, version 2. All numbers are little-endian.
 *
 * <pre>
 * offset  bytes  what
 *      0      1  version, 2
 *      1     16  model fingerprint, the first 16 bytes of its SHA-256
 *     17      8  int64    steps, the events stepped so far
 *     25      8  int64    timestamp of the last event, ms since the epoch
 *     33      1  flags    bit 0: the running verdict is anomalous; bit 1: the sequence has ended; the others are 0
 *     34      8  float64  running verdict: sum of the log probabilities
 *     42      8  float64  running verdict: smallest log probability
 *     50      8  int64    running verdict: step of the smallest, 0 if none was scored
 *     58      4  int32    running verdict: largest rank
 *     62      8  int64    running verdict: step of the largest rank
 *     70      8  int64    which model, where several take turns: see {@link StoredModel#id}; else 0
 *     78      4  int32    shape of the numbers below: CRC-32C of the text that {@link #shapeOf} makes
 *     82      8  int64    when the last event was stepped, by the clock, ms since the epoch; 0 where nobody asks
 *     90      1  uint8    n, how many events are remembered by their ids
 *     91    8*n  int64    their ids' hashes, the oldest first
 *   91+n      *  float32  for each recurrent layer from the input upwards: h, then c if the cell has one
 *                float32  what the first head reads, where that is no h of these
 *     -4      4  CRC-32C (RFC 3720) of all bytes before it
 * </pre>
 *
 * <p>A model that works on windows keeps the window's events in place of (h, c):
 *
 * <pre>
 *                float32  what the first head reads
 *             4  int32    events in the window
 *             *           for each place of the window, the oldest event first, the unused ones 0: int32 lines of the input,
 *                         unless it is dense; then float32 what they hold, unless it is one-hot
 * </pre>
 *
 * <p>Of a sequence that has ended nothing is kept but, for a while, the ids of its events: no numbers follow those.
 *
 * <p>Version 1 had the numbers at offset 70 and nothing of what now stands between there and them. It is read, never
 * written. Every version begins with its number and ends with the checksum of all that comes before.
 *
 * <p>Immutable, safe for any number of threads.
 */
public final class StateCodec {
    /** The layout that this class writes. */
    public static final byte VERSION = StateLayout.VERSION_2;

    private final byte[] fingerprint;
    private final long modelId;
    private final int shape;
    private final boolean oneHot;
    private final int inputSize;
    private final int numbers; // bytes of them

    /** A codec for the states of the only model that there is. */
    public StateCodec(Network network) {
        this(network, 0);
    }

    /**
     * A codec for the states of one of several models.
     *
     * @param modelId see {@link StoredModel#id}
     */
    public StateCodec(Network network, long modelId) {
        this.fingerprint = Arrays.copyOf(network.fingerprint(), StateLayout.FINGERPRINT_BYTES);
        this.modelId = modelId;
        this.shape = shapeChecksum(network);
        this.oneHot = network.encoding() == InputEncoding.ONE_HOT;
        this.inputSize = network.inputSize();
        this.numbers = bytesOfNumbers(network);
    }

    /** Bytes of one stored state, the same for every sequence of a model that remembers no ids of events; the key comes on top. */
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

    /** Which numbers a model's states hold, and how many: two models with the same text can go on with each other's. */
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

    /** Writes a state into a new array. */
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

    /** Writes what is kept of a sequence that has ended: the ids of its last events. */
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
     * Reads stored bytes into a state. Of a sequence that has ended, that is one which has not begun, with the ids of the last
     * events.
     *
     * @param bytes as {@link #encode} wrote them, or version 1
     * @param state overwritten; must fit the model; unchanged if the bytes cannot be read
     * @throws UnreadableStateException if the bytes are of a later version or another model, or damaged: they are never read
     *     as numbers then
     */
    public void decode(byte[] bytes, SequenceState state) {
        StateLayout.check(bytes);
        if (!isEnded(bytes) && !hasFingerprint(bytes)) {
            throw otherModel();
        }
        read(bytes, state);
    }

    /**
     * Reads the state of another model into one of this model, which goes on with its numbers.
     *
     * @param state overwritten; unchanged if the bytes cannot be read
     * @throws UnreadableStateException as {@link #decode}; for another model, if its states have another shape or do not say
     *     which
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
            throw otherModel(); // a checksum that is right all the same, by chance or on purpose
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
     * Reads only the ids of the last events, of any model.
     *
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
     * Whether nothing but ids of events is left of the sequence. Not checked against damage.
     *
     * @param bytes of any version
     */
    public static boolean isEnded(byte[] bytes) {
        return StateLayout.isEnded(bytes);
    }

    /**
     * Reads only when the last event was, for a scan over many states.
     *
     * @return milliseconds since the epoch, or {@link Long#MAX_VALUE} if the bytes are of no version that is known
     */
    public static long lastEventTime(byte[] bytes) {
        return StateLayout.isKnown(bytes) ? StateLayout.number(bytes, StateLayout.LAST_EVENT_TIME_AT) : Long.MAX_VALUE;
    }

    /**
     * Reads only when the last event was stepped, by the clock.
     *
     * @return milliseconds since the epoch, or 0 if the bytes do not say
     */
    public static long steppedAt(byte[] bytes) {
        return StateLayout.isVersion2(bytes) ? StateLayout.number(bytes, StateLayout.STEPPED_AT_AT) : 0;
    }

    /** A right checksum tells of accidents, not of intent: what a window says must be what it can hold. */
    private void checkWindow(byte[] bytes, int numbersAt, SequenceState state) {
        EventWindow window = state.window();
        int features = state.hasOwnFeatures() ? state.features().length : 0;
        ByteBuffer in = StateLayout.in(bytes);
        in.position(numbersAt + features * Float.BYTES);
        int size = in.getInt();
        boolean possible = size >= 0 && size <= window.capacity();
        for (int k = 0; possible && k < size; k++) {
            for (int i = 0; i < window.lines(k).length; i++) {
                int line = in.getInt();
                possible &= line >= (oneHot ? 0 : SparseInput.UNUSED) && line < inputSize;
            }
            in.position(in.position() + (oneHot ? 0 : window.values(k).length * Float.BYTES));
        }
        if (!possible) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.DAMAGED,
                    "the stored state is damaged: its window holds what no window can hold");
        }
    }

    /** Whether bytes say that they are of this model. Not checked against damage; never true for bytes of version 1. */
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
            int[] lines = window.lines(k);
            out.asIntBuffer().put(lines);
            out.position(out.position() + lines.length * Integer.BYTES);
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
            int[] lines = window.lines(k);
            in.asIntBuffer().get(lines);
            in.position(in.position() + lines.length * Integer.BYTES);
            if (oneHot) {
                window.values(k)[0] = 1f;
            } else {
                get(in, window.values(k));
            }
        }
    }
}
