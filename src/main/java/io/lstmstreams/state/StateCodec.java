package io.lstmstreams.state;

import io.lstmstreams.recurrent.EventWindow;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.RunningVerdict;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Stored bytes of a sequence's state, version 1. All numbers are little-endian.
 *
 * <pre>
 * offset  bytes  what
 *      0      1  version, 1
 *      1     16  model fingerprint, the first 16 bytes of its SHA-256
 *     17      8  int64    steps, the events stepped so far
 *     25      8  int64    timestamp of the last event, ms since the epoch
 *     33      1  flags    bit 0: the running verdict is anomalous; the others are 0
 *     34      8  float64  running verdict: sum of the log probabilities
 *     42      8  float64  running verdict: smallest log probability
 *     50      8  int64    running verdict: step of the smallest, 0 if none was scored
 *     58      4  int32    running verdict: largest rank
 *     62      8  int64    running verdict: step of the largest rank
 *     70      *  float32  for each recurrent layer from the input upwards: h, then c if the cell has one
 *                float32  what the first head reads, where that is no h of these
 *     -4      4  CRC-32C (RFC 3720) of all bytes before it
 * </pre>
 *
 * <p>A model that works on windows keeps the window's events in place of (h, c):
 *
 * <pre>
 *     70      *  float32  what the first head reads
 *             4  int32    events in the window
 *             *           for each place of the window, the oldest event first, the unused ones 0: int32 lines of the input,
 *                         unless it is dense; then float32 what they hold, unless it is one-hot
 * </pre>
 *
 * <p>Not thread-safe: it owns its checksum. One codec for each thread.
 */
public final class StateCodec {
    /** The layout that this class writes. */
    public static final byte VERSION = 1;

    static final int FINGERPRINT_BYTES = 16;
    private static final int FINGERPRINT_AT = 1;
    private static final int LAST_EVENT_TIME_AT = 25;
    private static final int LAYERS_AT = 70;
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    private final byte[] fingerprint;
    private final boolean oneHot;
    private final int inputSize;
    private final int length;
    private final CRC32C checksum = new CRC32C();

    /** A codec for the states of one model. */
    public StateCodec(Model model) {
        this.fingerprint = Arrays.copyOf(model.fingerprint(), FINGERPRINT_BYTES);
        this.oneHot = model.encoding() == InputEncoding.ONE_HOT;
        this.inputSize = model.inputSize();
        this.length = bytesPerSequence(model);
    }

    /** Bytes of one stored state, the same for every sequence of a model; the key comes on top. */
    public static int bytesPerSequence(Model model) {
        SequenceState state = new SequenceState(model);
        long numbers = state.hasOwnFeatures() ? state.features().length : 0;
        EventWindow window = state.window();
        if (window == null) {
            for (int i = 0; i < state.layers(); i++) {
                numbers += state.h(i).length + state.c(i).length;
            }
        } else {
            boolean oneHot = model.encoding() == InputEncoding.ONE_HOT;
            long perEvent = window.lines(0).length + (oneHot ? 0 : window.values(0).length);
            numbers += 1 + window.capacity() * perEvent;
        }
        return Math.toIntExact(LAYERS_AT + numbers * Float.BYTES + CHECKSUM_BYTES);
    }

    /** Writes a state into a new array. */
    public byte[] encode(SequenceState state) {
        byte[] bytes = new byte[length];
        RunningVerdict verdict = state.verdict();
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put(VERSION)
                .put(fingerprint)
                .putLong(state.steps())
                .putLong(state.lastEventTime())
                .put((byte) (verdict.anomalous() ? 1 : 0))
                .putDouble(verdict.sumLogProbability())
                .putDouble(verdict.minLogProbability())
                .putLong(verdict.minAtStep())
                .putInt(verdict.maxRank())
                .putLong(verdict.maxRankAtStep());
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
        out.position(length - CHECKSUM_BYTES);
        out.putInt(checksum(bytes));
        return bytes;
    }

    /**
     * Reads stored bytes into a state.
     *
     * @param bytes as {@link #encode} wrote them
     * @param state overwritten; must fit the model; unchanged if the bytes cannot be read
     * @throws UnreadableStateException if the bytes are of another version or model, or damaged: they are never read as
     *     numbers then
     */
    public void decode(byte[] bytes, SequenceState state) {
        check(bytes);
        checkWindow(bytes, state);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        in.position(FINGERPRINT_AT + FINGERPRINT_BYTES);
        state.steps(in.getLong());
        state.lastEventTime(in.getLong());
        boolean anomalous = (in.get() & 1) != 0;
        state.verdict().restore(in.getDouble(), in.getDouble(), in.getLong(), in.getInt(), in.getLong(), anomalous);
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
     * Reads only when the last event was, for a scan over many states.
     *
     * @return milliseconds since the epoch, or {@link Long#MAX_VALUE} if the bytes are not of this version
     */
    public static long lastEventTime(byte[] bytes) {
        if (bytes.length < LAYERS_AT || bytes[0] != VERSION) {
            return Long.MAX_VALUE;
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(LAST_EVENT_TIME_AT);
    }

    private void check(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.OTHER_VERSION,
                    bytes.length == 0
                            ? "the stored state is empty"
                            : "the stored state has layout version " + bytes[0] + ", this is version " + VERSION);
        }
        if (bytes.length < LAYERS_AT + CHECKSUM_BYTES || checksum(bytes) != storedChecksum(bytes)) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.DAMAGED, "the stored state is damaged: its checksum is wrong");
        }
        boolean same = Arrays.equals(
                bytes, FINGERPRINT_AT, FINGERPRINT_AT + FINGERPRINT_BYTES, fingerprint, 0, FINGERPRINT_BYTES);
        if (!same || bytes.length != length) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.OTHER_MODEL, "the stored state is of another model");
        }
    }

    /** A right checksum tells of accidents, not of intent: what a window says must be what it can hold. */
    private void checkWindow(byte[] bytes, SequenceState state) {
        EventWindow window = state.window();
        if (window == null) {
            return;
        }
        int features = state.hasOwnFeatures() ? state.features().length : 0;
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        in.position(LAYERS_AT + features * Float.BYTES);
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

    private int checksum(byte[] bytes) {
        checksum.reset();
        checksum.update(bytes, 0, bytes.length - CHECKSUM_BYTES);
        return (int) checksum.getValue();
    }

    private static int storedChecksum(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - CHECKSUM_BYTES);
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
