package io.lstmstreams.state;

/** Version 2 of the layout, the current one, which {@link StateCodec} draws. */
final class Version2Layout extends StateLayout {
    static final byte VERSION = 2;
    static final Version2Layout INSTANCE = new Version2Layout();

    /** The number of bytes before the event ids. */
    static final int HEADER_BYTES = 91;

    private static final int MODEL_ID_AT = 70;
    private static final int SHAPE_AT = 78;
    private static final int PROCESSED_AT_AT = 82;
    private static final int EVENTS_AT = 90;

    private Version2Layout() {}

    /** Returns whether bytes are of this version and not shorter than its header. */
    static boolean has(byte[] bytes) {
        return bytes.length >= HEADER_BYTES && bytes[0] == VERSION;
    }

    @Override
    long modelId(byte[] bytes) {
        return int64(bytes, MODEL_ID_AT);
    }

    @Override
    int shape(byte[] bytes) {
        return int32(bytes, SHAPE_AT);
    }

    @Override
    boolean isEnded(byte[] bytes) {
        return (flags(bytes) & ENDED) != 0;
    }

    @Override
    long processedAt(byte[] bytes) {
        return int64(bytes, PROCESSED_AT_AT);
    }

    @Override
    int events(byte[] bytes) {
        return Byte.toUnsignedInt(bytes[EVENTS_AT]);
    }

    @Override
    long event(byte[] bytes, int position) {
        return int64(bytes, eventAt(position));
    }

    @Override
    int bodyAt(byte[] bytes) {
        return eventAt(events(bytes));
    }

    private static int eventAt(int position) {
        return HEADER_BYTES + position * Long.BYTES;
    }
}
