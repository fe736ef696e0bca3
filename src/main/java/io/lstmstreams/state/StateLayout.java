package io.lstmstreams.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Where things stand in a state's bytes, as {@link StateCodec} draws them, and whether bytes may be read at all. */
final class StateLayout {
    static final byte VERSION_1 = 1;
    static final byte VERSION_2 = 2;

    static final int FINGERPRINT_BYTES = 16;
    static final int FINGERPRINT_AT = 1;
    static final int STEPS_AT = 17;
    static final int LAST_EVENT_TIME_AT = 25;
    static final int FLAGS_AT = 33;
    static final int VERSION_1_BYTES = 70; // before the numbers
    static final int STEPPED_AT_AT = 82;
    static final int HEAD_BYTES = 91; // before the ids of events
    static final int CHECKSUM_BYTES = Integer.BYTES;

    static final int ANOMALOUS = 1;
    static final int ENDED = 2;

    private static final int MODEL_ID_AT = 70;
    private static final int SHAPE_AT = 78;
    private static final int EVENTS_AT = 90;

    private StateLayout() {}

    /**
     * The checksum comes first: it is the same in every version, and tells damage from another version.
     *
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    static void check(byte[] bytes) {
        int content = bytes.length - CHECKSUM_BYTES;
        if (content < 1 || checksum(bytes, content) != in(bytes).getInt(content)) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.DAMAGED, "the stored state is damaged: its checksum is wrong");
        }
        if (!isKnown(bytes)) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.OTHER_VERSION,
                    "the stored state has layout version " + bytes[0] + ", this reads versions 1 and " + VERSION_2);
        }
    }

    /** Whether they are of a version that is read, and long enough for what stands before the numbers. */
    static boolean isKnown(byte[] bytes) {
        return bytes.length >= VERSION_1_BYTES && bytes[0] == VERSION_1 || isVersion2(bytes);
    }

    static boolean isVersion2(byte[] bytes) {
        return bytes.length >= HEAD_BYTES && bytes[0] == VERSION_2;
    }

    static boolean isEnded(byte[] bytes) {
        return isVersion2(bytes) && (bytes[FLAGS_AT] & ENDED) != 0;
    }

    /** 0 in version 1, as for the only model. */
    static long modelId(byte[] bytes) {
        return isVersion2(bytes) ? number(bytes, MODEL_ID_AT) : 0;
    }

    /** 0 in version 1, which does not tell. */
    static int shape(byte[] bytes) {
        return isVersion2(bytes) ? in(bytes).getInt(SHAPE_AT) : 0;
    }

    /** How many events are remembered. */
    static int events(byte[] bytes) {
        return isVersion2(bytes) ? Byte.toUnsignedInt(bytes[EVENTS_AT]) : 0;
    }

    /** Where the id of an event stands, or would stand after the last one. */
    static int eventAt(int position) {
        return HEAD_BYTES + position * Long.BYTES;
    }

    static long number(byte[] bytes, int at) {
        return in(bytes).getLong(at);
    }

    static ByteBuffer in(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
