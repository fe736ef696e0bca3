package io.lstmstreams.demo;

import java.nio.charset.StandardCharsets;

/**
 * One record to send.
 *
 * @param sequence its key
 * @param value its value; null ends the sequence
 * @param session the session that this record ends, if it ends one and it is known what was done to it; else null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DemoEvent(String sequence, byte[] value, BlockSession session) {

    static DemoEvent of(BlockEvent event) {
        return event.isEnd()
                ? new DemoEvent(event.sequence(), null, event.session())
                : new DemoEvent(event.sequence(), json(event.event()), null);
    }

    private static byte[] json(String event) {
        return ("{\"event\":\"" + event + "\"}").getBytes(StandardCharsets.UTF_8);
    }
}
