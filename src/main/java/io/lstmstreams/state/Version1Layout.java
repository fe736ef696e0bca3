package io.lstmstreams.state;

/**
 * Version 1 of the layout, which is read and never written. Its body is that of version 2, and begins at offset 70: it
 * records no model id, shape, processing time or event ids, and no sequence that has ended.
 */
final class Version1Layout extends StateLayout {
    static final byte VERSION = 1;
    static final Version1Layout INSTANCE = new Version1Layout();

    private Version1Layout() {}

    /** Returns whether bytes are of this version and not shorter than its header. */
    static boolean has(byte[] bytes) {
        return bytes.length >= COMMON_BYTES && bytes[0] == VERSION;
    }

    @Override
    long modelId(byte[] bytes) {
        return 0;
    }

    @Override
    int shape(byte[] bytes) {
        return 0;
    }

    @Override
    boolean isEnded(byte[] bytes) {
        return false;
    }

    @Override
    long processedAt(byte[] bytes) {
        return 0;
    }

    @Override
    int events(byte[] bytes) {
        return 0;
    }

    @Override
    long event(byte[] bytes, int position) {
        throw new IndexOutOfBoundsException("version 1 has no event ids");
    }

    @Override
    int bodyAt(byte[] bytes) {
        return COMMON_BYTES;
    }
}
