package io.lstmstreams.state;

import io.lstmstreams.recurrent.RunningVerdict;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A version of the layout of a state's bytes. Here are the fields that every version has at the same offset; a subclass
 * has the other fields. No method but {@link #check} checks for damage.
 */
abstract class StateLayout {
    static final int FINGERPRINT_BYTES = 16;
    static final int FINGERPRINT_AT = 1;
    static final int COMMON_BYTES = 70; // the version and the fields that every version has
    static final int CHECKSUM_BYTES = Integer.BYTES;

    static final int ANOMALOUS = 1; // bits of the flags
    static final int ENDED = 2;

    private static final int STEPS_AT = 17;
    private static final int LAST_EVENT_TIME_AT = 25;
    private static final int FLAGS_AT = 33;
    private static final int SUM_LOG_PROBABILITY_AT = 34;
    private static final int MIN_LOG_PROBABILITY_AT = 42;
    private static final int MIN_AT_STEP_AT = 50;
    private static final int MAX_RANK_AT = 58;
    private static final int MAX_RANK_AT_STEP_AT = 62;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Returns the layout of bytes; null if their version is unknown or they are shorter than its header. */
    static @Nullable StateLayout of(byte[] bytes) {
        if (Version2Layout.has(bytes)) {
            return Version2Layout.INSTANCE;
        }
        return Version1Layout.has(bytes) ? Version1Layout.INSTANCE : null;
    }

    /**
     * Returns the layout of bytes that are complete. Checks the checksum first: every version has it, so it
     * distinguishes damaged bytes from bytes of another version.
     *
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    static StateLayout check(byte[] bytes) {
        int content = bytes.length - CHECKSUM_BYTES;
        if (content < 1 || checksum(bytes, content) != int32(bytes, content)) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.DAMAGED, "the stored state is damaged: its checksum is wrong");
        }
        StateLayout layout = of(bytes);
        if (layout == null) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.OTHER_VERSION,
                    "the stored state has layout version " + bytes[0] + ", but this release reads versions "
                            + Version1Layout.VERSION + " and " + Version2Layout.VERSION);
        }
        return layout;
    }

    /** Returns the model's id; 0 if it is not recorded, and if the application uses one model only. */
    abstract long modelId(byte[] bytes);

    /** Returns the checksum of the shape; 0 if it is not recorded. */
    abstract int shape(byte[] bytes);

    /** Returns whether the sequence has ended, so that the bytes have no body. */
    abstract boolean isEnded(byte[] bytes);

    /** Returns the wall-clock time at which the last event was processed, in ms since the epoch; 0 if not recorded. */
    abstract long processedAt(byte[] bytes);

    /** Returns the number of event ids, which may be more than the bytes have room for. */
    abstract int events(byte[] bytes);

    /** Returns the hash of an event id, the oldest at position 0. */
    abstract long event(byte[] bytes, int position);

    /** Returns the offset of the body, behind the event ids. */
    abstract int bodyAt(byte[] bytes);

    final long steps(byte[] bytes) {
        return int64(bytes, STEPS_AT);
    }

    final long lastEventTime(byte[] bytes) {
        return int64(bytes, LAST_EVENT_TIME_AT);
    }

    static byte flags(byte[] bytes) {
        return bytes[FLAGS_AT];
    }

    final void readVerdict(byte[] bytes, RunningVerdict verdict) {
        verdict.restore(
                Double.longBitsToDouble(int64(bytes, SUM_LOG_PROBABILITY_AT)),
                Double.longBitsToDouble(int64(bytes, MIN_LOG_PROBABILITY_AT)),
                int64(bytes, MIN_AT_STEP_AT),
                int32(bytes, MAX_RANK_AT),
                int64(bytes, MAX_RANK_AT_STEP_AT),
                (flags(bytes) & ANOMALOUS) != 0);
    }

    static long int64(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    static int int32(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
