package io.lstmstreams.state;

import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.RecentEvents;
import io.lstmstreams.recurrent.RunningVerdict;
import io.lstmstreams.recurrent.SequenceState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 *     78      4  int32    shape of the body, which follows the ids: CRC-32C of a text that describes it
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
 * <p>After a sequence has ended, only the ids of its events are stored, for a while: nothing but the checksum follows
 * them.
 *
 * <p>Every version begins with its number and ends with the checksum of all bytes before the checksum.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class StateCodec {
    private final byte[] fingerprint;
    private final long modelId;
    private final StateBody body;
    private final int shape;

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
        this.body = StateBody.of(network);
        this.shape = body.shapeChecksum();
    }

    /** Returns the number of bytes of a stored state without event ids; the record's key is not included. */
    public static int bytesPerSequence(Network network) {
        return Version2Layout.HEADER_BYTES + StateBody.of(network).bytes() + StateLayout.CHECKSUM_BYTES;
    }

    /** Encodes a state into a new array. */
    public byte[] encode(SequenceState state) {
        ByteBuffer out = begin(state, body.bytes(), 0);
        body.write(state, out);
        return end(out);
    }

    /** Encodes the ids of the last events, which are stored after a sequence has ended, into a new array. */
    public byte[] encodeEnded(SequenceState state) {
        return end(begin(state, 0, StateLayout.ENDED));
    }

    private ByteBuffer begin(SequenceState state, int bodyBytes, int flags) {
        RunningVerdict verdict = state.verdict();
        RecentEvents recent = state.recentEvents();
        ByteBuffer out = ByteBuffer.allocate(Version2Layout.HEADER_BYTES
                        + recent.size() * Long.BYTES
                        + bodyBytes
                        + StateLayout.CHECKSUM_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(Version2Layout.VERSION)
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
                .putLong(state.processedAt())
                .put((byte) recent.size());
        for (int i = 0; i < recent.size(); i++) {
            out.putLong(recent.get(i));
        }
        return out;
    }

    private static byte[] end(ByteBuffer out) {
        byte[] bytes = out.array();
        int content = bytes.length - StateLayout.CHECKSUM_BYTES;
        out.putInt(content, StateLayout.checksum(bytes, content));
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
        StateLayout layout = StateLayout.check(bytes);
        if (!layout.isEnded(bytes) && !hasFingerprint(bytes)) {
            throw otherModel();
        }
        read(bytes, layout, state);
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
        StateLayout layout = StateLayout.check(bytes);
        if (!layout.isEnded(bytes) && layout.shape(bytes) != shape) {
            throw otherModel();
        }
        read(bytes, layout, state);
    }

    /** Returns whether a network can continue with the states of another one, as {@link #carry} does. */
    public static boolean canCarry(Network from, Network to) {
        return new StateCodec(from).shape == new StateCodec(to).shape;
    }

    private void read(byte[] bytes, StateLayout layout, SequenceState state) {
        boolean ended = layout.isEnded(bytes);
        int bodyAt = layout.bodyAt(bytes);
        if (bytes.length != bodyAt + (ended ? 0 : body.bytes()) + StateLayout.CHECKSUM_BYTES
                || layout.events(bytes) > RecentEvents.CAPACITY) {
            throw otherModel(); // the checksum is right nevertheless, by chance or on purpose
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (!ended) {
            body.check(in.position(bodyAt));
        }
        state.reset();
        state.lastEventTime(layout.lastEventTime(bytes));
        state.processedAt(layout.processedAt(bytes));
        for (int i = 0; i < layout.events(bytes); i++) {
            state.recentEvents().add(layout.event(bytes, i));
        }
        if (!ended) {
            state.steps(layout.steps(bytes));
            layout.readVerdict(bytes, state.verdict());
            body.read(in.position(bodyAt), state);
        }
    }

    /**
     * Reads only the ids of the last events, from a state of any model.
     *
     * @param to the ids are added to these
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    public static void readEvents(byte[] bytes, RecentEvents to) {
        StateLayout layout = StateLayout.check(bytes);
        int events = layout.bodyAt(bytes) <= bytes.length - StateLayout.CHECKSUM_BYTES ? layout.events(bytes) : 0;
        for (int i = 0; i < events; i++) {
            to.add(layout.event(bytes, i));
        }
    }

    /**
     * Returns whether the sequence has ended, so that only the ids of its events are stored. Does not check for damage.
     *
     * @param bytes a stored state of any version
     */
    public static boolean isEnded(byte[] bytes) {
        StateLayout layout = StateLayout.of(bytes);
        return layout != null && layout.isEnded(bytes);
    }

    /**
     * Reads only the timestamp of the last event, for a scan of many states.
     *
     * @return milliseconds since the epoch, or {@link Long#MAX_VALUE} if the version of the bytes is unknown
     */
    public static long lastEventTime(byte[] bytes) {
        StateLayout layout = StateLayout.of(bytes);
        return layout == null ? Long.MAX_VALUE : layout.lastEventTime(bytes);
    }

    /**
     * Reads only the wall-clock time at which the last event was processed.
     *
     * @return milliseconds since the epoch, or 0 if it is not recorded
     */
    public static long processedAt(byte[] bytes) {
        StateLayout layout = StateLayout.of(bytes);
        return layout == null ? 0 : layout.processedAt(bytes);
    }

    /** Returns whether bytes have this model's id and fingerprint. Does not check for damage; false for version 1. */
    public boolean owns(byte[] bytes) {
        return Version2Layout.has(bytes) && Version2Layout.INSTANCE.modelId(bytes) == modelId && hasFingerprint(bytes);
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
}
