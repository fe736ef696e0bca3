package io.lstmstreams.topology;

import io.lstmstreams.event.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter that its topic takes. It has the key, the value and the headers of the record. Further headers, with
 * the names that Kafka's own handlers give them, hold the reason and the origin; headers of the record with these
 * names are left out.
 *
 * <p>If this letter is too large, it holds the reason, the origin, and as much of the record as fits: the whole key
 * or no key, each header that fits, and the beginning of the value. The header {@code __streams.errors.omitted} names
 * the missing parts. If the topic would refuse the record's timestamp, the letter has the present time, and the
 * header {@code __streams.errors.timestamp} holds the timestamp.
 */
final class DeadLetter {
    /** The smallest topic limit, in bytes, with which every letter can be sent. */
    static final int MIN_LIMIT_BYTES = 1024;

    private static final String OMITTED = DeadLetterHeaders.PREFIX + "omitted";
    private static final int OMITTED_BYTES = 192; // of the header OMITTED, and of one more byte in the count of headers
    private static final int LENGTH_BYTES = 5; // of the value's length, at most
    private static final int SHORT_MESSAGE = 200; // characters, if the record does not fit

    private final Target target;
    private final long now;
    private final ErrorHandlerContext context;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final Headers recordHeaders;
    private final Optional<byte[]> state;
    private final Exception exception;

    private DeadLetter(Target target, long now, ErrorHandlerContext context, Exception exception) {
        this.target = target;
        this.now = now;
        this.context = context;
        this.exception = exception;
        Optional<SequenceFailure> failure =
                exception instanceof SequenceFailure found ? Optional.of(found) : Optional.empty();
        this.state = failure.flatMap(SequenceFailure::state);
        byte[] recordKey = context.sourceRawKey();
        byte[] known = recordKey != null
                ? recordKey
                : failure.flatMap(SequenceFailure::sequence).orElse(null);
        this.key = known == null && target.limits().requiresKey() ? new byte[0] : known;
        this.value = context.sourceRawValue();
        this.recordHeaders = recordHeaders(context);
    }

    /** Returns the record's headers, without the reason and the origin of an earlier dead letter. */
    private static Headers recordHeaders(ErrorHandlerContext context) {
        Headers headers = new RecordHeaders();
        if (context.headers() != null) { // null if there is no record
            for (Header header : context.headers()) {
                if (!header.key().startsWith(DeadLetterHeaders.PREFIX)) {
                    headers.add(header);
                }
            }
        }
        return headers;
    }

    /**
     * Returns the dead letter of a record.
     *
     * @param target the dead-letter topic
     * @param now the wall-clock time, in milliseconds since the epoch
     */
    static ProducerRecord<byte[], byte[]> of(
            Target target, long now, ErrorHandlerContext context, Exception exception) {
        return new DeadLetter(target, now, context, exception).build();
    }

    private ProducerRecord<byte[], byte[]> build() {
        Headers whole = new RecordHeaders(recordHeaders);
        reason(Integer.MAX_VALUE).forEach(whole::add);
        if (fits(whole) && state.isEmpty()) {
            return letter(key, value, whole);
        }
        if (state.isPresent()) {
            Headers withState = new RecordHeaders(whole);
            withState.add(DeadLetterHeaders.PREFIX + "state", state.get());
            if (fits(withState)) {
                return letter(key, value, withState);
            }
            whole.add(omitted("the state"));
            if (fits(whole)) {
                return letter(key, value, whole);
            }
        }
        return cut();
    }

    private boolean fits(Headers headers) {
        return RecordSize.ofBatch(key, value, headers) <= target.limits().maxBytes();
    }

    private ProducerRecord<byte[], byte[]> cut() {
        List<String> missing = new ArrayList<>();
        List<Header> reason = reason(SHORT_MESSAGE);
        long room = target.limits().maxBytes()
                - RecordSize.ofBatch(null, null, new RecordHeaders(reason))
                - OMITTED_BYTES
                - LENGTH_BYTES;
        byte[] fittingKey = key;
        if (key != null && RecordSize.of(key) > room) {
            missing.add("the key (" + key.length + " bytes)");
            fittingKey = target.limits().requiresKey() ? new byte[0] : null;
        }
        room -= RecordSize.of(fittingKey);
        Headers headers = new RecordHeaders();
        int leftOut = 0;
        for (Header header : recordHeaders) {
            if (RecordSize.of(header) <= room) {
                headers.add(header);
                room -= RecordSize.of(header);
            } else {
                leftOut++;
            }
        }
        if (leftOut > 0) {
            missing.add(leftOut + " headers");
        }
        byte[] fittingValue = value;
        if (value != null && value.length > Math.max(0, room)) {
            fittingValue = Arrays.copyOf(value, (int) Math.max(0, room));
            missing.add("the value from byte %d of %d".formatted(fittingValue.length, value.length));
        }
        if (state.isPresent()) {
            missing.add("the state");
        }
        reason.forEach(headers::add);
        headers.add(omitted(String.join(", ", missing)));
        return letter(fittingKey, fittingValue, headers);
    }

    private ProducerRecord<byte[], byte[]> letter(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        boolean keeps = context.timestamp() >= 0 && takesTime();
        return new ProducerRecord<>(target.topic(), null, keeps ? context.timestamp() : null, key, value, headers);
    }

    private boolean takesTime() {
        return target.takesTime(context.timestamp(), now);
    }

    private List<Header> reason(int messageLength) {
        String message = String.valueOf(exception.getMessage());
        List<Header> headers = new ArrayList<>();
        headers.add(header(
                DeadLetterHeaders.PREFIX + "exception", exception.getClass().getName()));
        headers.add(header(DeadLetterHeaders.MESSAGE, message.substring(0, Math.min(message.length(), messageLength))));
        if (context.topic() != null) {
            headers.add(header(DeadLetterHeaders.TOPIC, context.topic()));
            headers.add(header(DeadLetterHeaders.PARTITION, Integer.toString(context.partition())));
            headers.add(header(DeadLetterHeaders.OFFSET, Long.toString(context.offset())));
        }
        if (context.timestamp() >= 0 && !takesTime()) {
            headers.add(header(DeadLetterHeaders.PREFIX + "timestamp", Long.toString(context.timestamp())));
        }
        return headers;
    }

    private static Header omitted(String missing) {
        return new RecordHeader(OMITTED, ("too large for the topic: " + missing).getBytes(StandardCharsets.UTF_8));
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
