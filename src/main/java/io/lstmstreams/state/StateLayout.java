package io.lstmstreams.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** The offsets in a state's bytes, as {@link StateCodec} lists them, and the check whether bytes can be read. */
final class StateLayout {
    static final byte VERSION_1 = 1;
    static final byte VERSION_2 = 2;

    static final int FINGERPRINT_BYTES = 16;
    static final int FINGERPRINT_AT = 1;
    static final int STEPS_AT = 17;
    static final int LAST_EVENT_TIME_AT = 25;
    static final int FLAGS_AT = 33;
    static final int VERSION_1_BYTES = 70; // before the float32 numbers
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
     * Checks that bytes can be read. Checks the checksum first: every version has it, so it distinguishes damaged bytes
     * from bytes of another version.
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
                    "the stored state has layout version " + bytes[0] + ", but this release reads versions 1 and "
                            + VERSION_2);
        }
    }

    /** Returns whether the bytes are of a known version, and long enough for the part before the float32 numbers. */
    static boolean isKnown(byte[] bytes) {
        return bytes.length >= VERSION_1_BYTES && bytes[0] == VERSION_1 || isVersion2(bytes);
    }

    static boolean isVersion2(byte[] bytes) {
        return bytes.length >= HEAD_BYTES && bytes[0] == VERSION_2;
    }

    static boolean isEnded(byte[] bytes) {
        return isVersion2(bytes) && (bytes[FLAGS_AT] & ENDED) != 0;
    }

    /** Returns the model's id; 0 in version 1, and if the application uses one model only. */
    static long modelId(byte[] bytes) {
        return isVersion2(bytes) ? number(bytes, MODEL_ID_AT) : 0;
    }

    /** Returns the checksum of the shape; 0 in version 1, which has none. */
    static int shape(byte[] bytes) {
        return isVersion2(bytes) ? in(bytes).getInt(SHAPE_AT) : 0;
    }

    /** Returns the number of event ids. */
    static int events(byte[] bytes) {
        return isVersion2(bytes) ? Byte.toUnsignedInt(bytes[EVENTS_AT]) : 0;
    }

    /** Returns the offset of an event id, or of the first byte after the last one. */
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
