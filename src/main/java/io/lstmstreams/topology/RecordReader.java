package io.lstmstreams.topology;

import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.EventDecoder;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.UnknownEventException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Reads what a record means to its sequence: value and headers to event, event to input line. Changes nothing, so that a bad
 * record can be refused here without a trace. Safe for any number of threads.
 *
 * @param <V> the record value's type
 */
final class RecordReader<V> {
    /** The header that starts or ends a sequence. */
    static final String SEQUENCE_HEADER = "lstm.sequence";

    private static final int MAX_ID_BYTES = 1 << 15;
    private static final int MAX_HEADER_BYTES = 1 << 19;

    private final EventDecoder<V> decoder;
    private final InputEncoder encoder;
    private final UnknownEvents unknownEvents;

    RecordReader(EventModel model, EventDecoder<V> decoder, UnknownEvents unknownEvents) {
        this.decoder = decoder;
        this.encoder = new InputEncoder(model);
        this.unknownEvents = unknownEvents;
        if (unknownEvents == UnknownEvents.UNKNOWN_SYMBOL) {
            encoder.checkUnknown(); // a model without one is refused now and not at the first unknown event
        }
    }

    /**
     * Reads a record.
     *
     * @param id the bytes of the sequence's id; null if the record has none
     * @throws BadEventException if it cannot be stepped
     * @throws StreamsException if it holds an unknown event and those are to stop the application
     */
    SequenceEvent read(Record<?, V> record, byte[] id) {
        if (id == null) {
            throw new BadEventException("the record has no key, and so belongs to no sequence");
        }
        checkSize(id, record.headers());
        String mark = mark(record);
        boolean start = "start".equals(mark);
        boolean end = "end".equals(mark);
        if (record.value() == null) {
            return new SequenceEvent(null, start, true, false);
        }
        if (end && record.value() instanceof byte[] bytes && bytes.length == 0) {
            return new SequenceEvent(null, false, true, false);
        }
        Decoded decoded = decoder.decode(record.value());
        boolean ends = end || decoded.end();
        if (decoded.event() == null) {
            return new SequenceEvent(null, start, ends, false);
        }
        try {
            return new SequenceEvent(encoder.encode(decoded.event()), start, ends, false);
        } catch (UnknownEventException e) {
            return switch (unknownEvents) {
                case DEAD_LETTER -> throw e;
                case SKIP -> new SequenceEvent(null, start, ends, true);
                case UNKNOWN_SYMBOL -> new SequenceEvent(encoder.unknown(decoded.event()), start, ends, true);
                case FAIL -> throw new StreamsException(e.getMessage());
            };
        }
    }

    /** Id and headers go on into the results, which must stay within what a broker takes as one message. */
    private static void checkSize(byte[] id, Headers headers) {
        if (id.length > MAX_ID_BYTES) {
            throw new BadEventException("the sequence's id has " + id.length + " bytes, more than " + MAX_ID_BYTES);
        }
        if (RecordSize.of(headers) > MAX_HEADER_BYTES) {
            throw new BadEventException(
                    "the record has " + RecordSize.of(headers) + " bytes of headers, more than " + MAX_HEADER_BYTES);
        }
    }

    private static String mark(Record<?, ?> record) {
        Header header = record.headers().lastHeader(SEQUENCE_HEADER);
        if (header == null || header.value() == null) {
            return "";
        }
        String mark = new String(header.value(), StandardCharsets.UTF_8);
        if (!mark.equals("start") && !mark.equals("end")) {
            throw new BadEventException("the header " + SEQUENCE_HEADER + " is neither start nor end");
        }
        return mark;
    }
}
