package io.lstmstreams.topology;

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

/**
 * Builds dead letters that their topic takes: key, value and headers as they came, and in further headers, named as Kafka's own
 * handlers name them, the reason and the origin. Headers of these names that the record came with are left out. Where that is too large, the reason and the origin stay, and of the record as much as
 * fits: the key if it fits whole, then each header that fits whole, then the beginning of the value. The header
 * {@code __streams.errors.omitted} says what is missing. Where the topic would refuse the record's timestamp, the letter has the
 * present time, and the header {@code __streams.errors.timestamp} the record's.
 */
final class DeadLetter {
    /** The size of the smallest topic limit with which every letter can be sent. */
    static final int LEAST_BYTES = 1024;

    private static final String PREFIX = "__streams.errors.";
    private static final String OMITTED = PREFIX + "omitted";
    private static final int OMITTED_BYTES = 192; // of that header, and of the growth of the headers' count
    private static final int LENGTH_BYTES = 5; // of a value, at most
    private static final int SHORT_MESSAGE = 200; // characters of a message whose record does not fit whole

    private final Target target;
    private final long now;
    private final ErrorHandlerContext context;
    private final byte[] key;
    private final byte[] value;
    private final Headers came;
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
        byte[] ofRecord = context.sourceRawKey();
        byte[] known = ofRecord != null
                ? ofRecord
                : failure.flatMap(SequenceFailure::sequence).orElse(null);
        this.key = known == null && target.limits().requiresKey() ? new byte[0] : known;
        this.value = context.sourceRawValue();
        this.came = headers(context);
    }

    /** Returns the record's headers but for those that say why some record is a dead letter: these are this one's. */
    private static Headers headers(ErrorHandlerContext context) {
        Headers headers = new RecordHeaders();
        if (context.headers() != null) { // there are none without a record
            for (Header header : context.headers()) {
                if (!header.key().startsWith(PREFIX)) {
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
     * @param now the wall-clock time
     */
    static ProducerRecord<byte[], byte[]> of(
            Target target, long now, ErrorHandlerContext context, Exception exception) {
        return new DeadLetter(target, now, context, exception).build();
    }

    private ProducerRecord<byte[], byte[]> build() {
        Headers whole = new RecordHeaders(came);
        reason(Integer.MAX_VALUE).forEach(whole::add);
        if (fits(whole) && state.isEmpty()) {
            return letter(key, value, whole);
        }
        if (state.isPresent()) {
            Headers withState = new RecordHeaders(whole);
            withState.add(PREFIX + "state", state.get());
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
        int left = 0;
        for (Header header : came) {
            if (RecordSize.of(header) <= room) {
                headers.add(header);
                room -= RecordSize.of(header);
            } else {
                left++;
            }
        }
        if (left > 0) {
            missing.add(left + " headers");
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

    private ProducerRecord<byte[], byte[]> letter(byte[] key, byte[] value, Headers headers) {
        boolean keeps = context.timestamp() >= 0 && takesTime();
        return new ProducerRecord<>(target.topic(), null, keeps ? context.timestamp() : null, key, value, headers);
    }

    private boolean takesTime() {
        return target.takesTime(context.timestamp(), now);
    }

    private List<Header> reason(int messageLength) {
        String message = String.valueOf(exception.getMessage());
        List<Header> headers = new ArrayList<>();
        headers.add(header("exception", exception.getClass().getName()));
        headers.add(header("message", message.substring(0, Math.min(message.length(), messageLength))));
        if (context.topic() != null) {
            headers.add(header("topic", context.topic()));
            headers.add(header("partition", Integer.toString(context.partition())));
            headers.add(header("offset", Long.toString(context.offset())));
        }
        if (context.timestamp() >= 0 && !takesTime()) {
            headers.add(header("timestamp", Long.toString(context.timestamp())));
        }
        return headers;
    }

    private static Header omitted(String missing) {
        return new RecordHeader(OMITTED, ("too large for the topic: " + missing).getBytes(StandardCharsets.UTF_8));
    }

    private static Header header(String name, String value) {
        return new RecordHeader(PREFIX + name, value.getBytes(StandardCharsets.UTF_8));
    }
}
