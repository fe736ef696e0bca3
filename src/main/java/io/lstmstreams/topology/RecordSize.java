package io.lstmstreams.topology;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Bytes of a record's parts, as they count towards what a broker takes as one message. */
final class RecordSize {
    private static final int LENGTHS = 10; // of a header's name and value, as varints at their longest

    private RecordSize() {}

    static int of(byte[] part) {
        return part == null ? 0 : part.length;
    }

    static int of(Headers headers) {
        int bytes = 0;
        for (Header header : headers) {
            bytes += LENGTHS + header.key().getBytes(StandardCharsets.UTF_8).length + of(header.value());
        }
        return bytes;
    }
}
