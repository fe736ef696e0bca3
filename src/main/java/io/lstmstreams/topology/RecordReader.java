package io.lstmstreams.topology;

import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.EventDecoder;
import io.lstmstreams.event.SequenceHeader;
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
 * Reads a record: decodes its value and headers to an event, and encodes the event for a model. A bad record is refused
 * here, before anything changes. Safe for any number of threads.
 *
 * @param <V> the type of a record's value
 */
final class RecordReader<V> {
    private static final int MAX_ID_BYTES = 1 << 15;
    private static final int MAX_HEADER_BYTES = 1 << 19;

    private final EventDecoder<V> decoder;
    private final UnknownEvents unknownEvents;
    private final RecordPartReader modelChoice;
    private final RecordPartReader eventId;

    RecordReader(EventDecoder<V> decoder, StepOptions options) {
        this.decoder = decoder;
        this.unknownEvents = options.unknownEvents();
        this.modelChoice = RecordPartReader.of(options.modelChoice());
        this.eventId = RecordPartReader.of(options.eventId());
    }

    /**
     * Reads a record.
     *
     * @param id the bytes of the sequence id
     * @throws BadEventException if no model could process the record
     */
    SequenceEvent read(Record<?, V> record, byte[] id) {
        checkSize(id, record.headers());
        String mark = mark(record);
        boolean start = "start".equals(mark);
        boolean end = "end".equals(mark);
        Decoded decoded = isEmpty(record, end) ? Decoded.END : decoder.decode(record.value());
        byte[] name = modelChoice.read(record);
        byte[] event = eventId.read(record);
        return new SequenceEvent(
                decoded.event(),
                start,
                end || decoded.end(),
                name == null ? null : Utf8.decode(name, "the name of the record's model"),
                event != null,
                event == null ? 0 : hash(event));
    }

    /** Returns whether a record ends its sequence without an event: a tombstone, or an end with an empty value. */
    private static boolean isEmpty(Record<?, ?> record, boolean end) {
        return record.value() == null || end && record.value() instanceof byte[] bytes && bytes.length == 0;
    }

    /**
     * An event, encoded for a model.
     *
     * @param input the model's input; {@link Step#NO_INPUT} if the event is skipped
     * @param isUnknown true if the event is not in the model's vocabulary
     */
    record Encoded(SparseInput input, boolean isUnknown) {}

    /**
     * Encodes an event for a model.
     *
     * @throws BadEventException if the event cannot be processed
     * @throws StreamsException if the event is unknown, and an unknown event must stop the application
     */
    Encoded encode(Event event, InputEncoder encoder) {
        try {
            return new Encoded(encoder.encode(event), false);
        } catch (UnknownEventException e) {
            return switch (unknownEvents) {
                case DEAD_LETTER -> throw e;
                case SKIP -> new Encoded(Step.NO_INPUT, true);
                case UNKNOWN_SYMBOL -> new Encoded(encoder.encodeUnknown(event), true);
                case FAIL -> throw new StreamsException(e.getMessage());
            };
        }
    }

    /**
     * Refuses an id or headers that are too large: both travel on into every result. {@link StepTargets} checks the
     * limits of the topics.
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
        Header header = record.headers().lastHeader(SequenceHeader.NAME);
        if (header == null || header.value() == null) {
            return "";
        }
        String mark = new String(header.value(), StandardCharsets.UTF_8);
        if (!mark.equals(SequenceHeader.START) && !mark.equals(SequenceHeader.END)) {
            throw new BadEventException("the header " + SequenceHeader.NAME + " is neither start nor end");
        }
        return mark;
    }

    /** Returns the first 8 bytes of the SHA-256, so that nobody can construct two ids with the same hash. */
    private static long hash(byte[] id) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(id))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has SHA-256", e);
        }
    }
}
