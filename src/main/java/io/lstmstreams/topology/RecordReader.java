package io.lstmstreams.topology;

import io.lstmstreams.config.RecordPart;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.EventDecoder;
import io.lstmstreams.event.Utf8;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.UnknownEventException;
import io.lstmstreams.recurrent.SparseInput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Reads a record: value and headers to an event, and an event to the input of a model. Changes nothing, so a bad record can be refused
 * here without consequences. Safe for any number of threads.
 *
 * @param <V> the record value's type
 */
final class RecordReader<V> {
    /** The header that starts or ends a sequence. */
    static final String SEQUENCE_HEADER = "lstm.sequence";

    private static final int MAX_ID_BYTES = 1 << 15;
    private static final int MAX_HEADER_BYTES = 1 << 19;

    private final EventDecoder<V> decoder;
    private final UnknownEvents unknownEvents;
    private final RecordPartReader model; // null where records choose no model
    private final RecordPartReader eventId; // null where events have no ids

    /**
     * @param model where a record names its model; null for nowhere
     * @param eventId where a record has an id of its own; null for nowhere
     */
    RecordReader(EventDecoder<V> decoder, UnknownEvents unknownEvents, RecordPart model, RecordPart eventId) {
        this.decoder = decoder;
        this.unknownEvents = unknownEvents;
        this.model = model == null ? null : new RecordPartReader(model);
        this.eventId = eventId == null ? null : new RecordPartReader(eventId);
    }

    /**
     * Reads a record.
     *
     * @param id the bytes of the sequence's id; null if the record has none
     * @throws BadEventException if no model could process the record
     */
    SequenceEvent read(Record<?, V> record, byte[] id) {
        if (id == null) {
            throw new BadEventException("the record has no key, and so belongs to no sequence");
        }
        checkSize(id, record.headers());
        String mark = mark(record);
        boolean start = "start".equals(mark);
        boolean end = "end".equals(mark);
        Decoded decoded;
        if (record.value() == null) {
            decoded = Decoded.END;
        } else if (end && record.value() instanceof byte[] bytes && bytes.length == 0) {
            decoded = Decoded.END;
        } else {
            decoded = decoder.decode(record.value());
        }
        byte[] name = model == null ? null : model.read(record);
        byte[] event = eventId == null ? null : eventId.read(record);
        return new SequenceEvent(
                decoded.event(),
                start,
                end || decoded.end(),
                name == null ? null : Utf8.decode(name, "the name of the record's model"),
                event != null,
                event == null ? 0 : hash(event));
    }

    /**
     * An event, encoded for a model.
     *
     * @param input the model's input; null if the event is skipped
     * @param isUnknown whether the model has no such event
     */
    record Encoded(SparseInput input, boolean isUnknown) {}

    /**
     * Encodes an event for a model.
     *
     * @throws BadEventException if the event cannot be processed
     * @throws StreamsException if the event is unknown and such events must stop the application
     */
    Encoded encode(Event event, InputEncoder encoder) {
        try {
            return new Encoded(encoder.encode(event), false);
        } catch (UnknownEventException e) {
            return switch (unknownEvents) {
                case DEAD_LETTER -> throw e;
                case SKIP -> new Encoded(null, true);
                case UNKNOWN_SYMBOL -> new Encoded(encoder.unknown(event), true);
                case FAIL -> throw new StreamsException(e.getMessage());
            };
        }
    }

    /**
     * Refuses ids and headers of a size that nobody needs: both travel on into every result. The topics' own limits are checked
     * with what is sent, see {@link StepTargets}.
     */
    private static void checkSize(byte[] id, Headers headers) {
        if (id.length > MAX_ID_BYTES) {
            throw new BadEventException("the sequence's id has " + id.length + " bytes, more than " + MAX_ID_BYTES);
        }
        long bytes = RecordSize.of(headers);
        if (bytes > MAX_HEADER_BYTES) {
            throw new BadEventException("the record has " + bytes + " bytes of headers, more than " + MAX_HEADER_BYTES);
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

    /** The first 8 bytes of the SHA-256: nobody can make two ids that are taken for one. */
    private static long hash(byte[] id) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(id))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has SHA-256", e);
        }
    }
}
