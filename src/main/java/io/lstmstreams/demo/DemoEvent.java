package io.lstmstreams.demo;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A record to send.
 *
 * @param sequence the record's key
 * @param value the record's value; null to end the sequence
 * @param session the session that the record ends; null if it ends no session or the session's fault is unknown
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DemoEvent(
        String sequence, byte @Nullable [] value, @Nullable BlockSession session) {

    static DemoEvent of(BlockEvent event) {
        String name = event.event();
        return name == null
                ? new DemoEvent(event.sequence(), null, event.session())
                : new DemoEvent(event.sequence(), json(name), null);
    }

    private static byte[] json(String event) {
        return ("{\"event\":\"" + event + "\"}").getBytes(StandardCharsets.UTF_8);
    }
}
