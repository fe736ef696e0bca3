package io.lstmstreams.demo;

import java.nio.charset.StandardCharsets;

/**
 * A record to send.
 *
 * @param sequence the record's key
 * @param value the record's value, or null to end the sequence
 * @param session the session that the record ends, or null if it ends none or its faults are not known
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
