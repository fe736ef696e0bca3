package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the stream go on after a record that cannot be stepped, and sends that record to
 * {@code errors.dead.letter.queue.topic.name}: key, value and headers as they came, and in further headers, named as Kafka's
 * own handlers name them, the reason and where it was read. Headers of these names that the record came with are left out. Any
 * other exception stops the stream.
 *
 * <p>A record so large that it would not fit into one message together with the reason is replaced by the reason alone; the
 * record itself stays where the reason says, in the topic that it came from.
 *
 * <p>Part of the same transaction as the results: a record is stepped or dead-lettered, once.
 */
public final class DeadLetterHandler implements ProcessingExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);
    private static final String HEADER_PREFIX = "__streams.errors.";

    private static final int DEFAULT_MAX_REQUEST = 1 << 20;
    private static final int REASON_BYTES = 4096; // more than reason headers and a batch's own bytes ever take

    private final LogThrottle warnings = new LogThrottle(LOG::warn, System::nanoTime);
    private int maxBytes = DEFAULT_MAX_REQUEST - REASON_BYTES;
    private String topic; // null if there is none

    /** Called by Kafka Streams. */
    public DeadLetterHandler() {}

    @Override
    public void configure(Map<String, ?> configs) {
        Object name = configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
        Object maxRequest = configs.get(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG));
        maxBytes = (maxRequest == null ? DEFAULT_MAX_REQUEST : Integer.parseInt(maxRequest.toString())) - REASON_BYTES;
        topic = name == null || name.toString().isBlank() ? null : name.toString();
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (!(exception instanceof BadEventException)) {
            return Response.fail();
        }
        warnings.log(() -> "record at topic %s partition %d offset %d %s: %s"
                .formatted(
                        context.topic(),
                        context.partition(),
                        context.offset(),
                        topic == null ? "skipped" : "sent to " + topic,
                        exception.getMessage()));
        return topic == null ? Response.resume() : Response.resume(List.of(deadLetter(context, exception)));
    }

    private ProducerRecord<byte[], byte[]> deadLetter(ErrorHandlerContext context, Exception exception) {
        byte[] state = exception instanceof DamagedStateException damaged ? damaged.state() : null;
        byte[] key = context.sourceRawKey();
        if (key == null && exception instanceof DamagedStateException damaged) {
            key = damaged.key(); // of a sequence that ended without a record
        }
        byte[] value = context.sourceRawValue();
        Headers came = headers(context);
        int bytes = RecordSize.of(key) + RecordSize.of(value) + RecordSize.of(came);
        boolean fits = bytes <= maxBytes;
        ProducerRecord<byte[], byte[]> letter = fits
                ? new ProducerRecord<>(topic, null, timestamp(context), key, value, came)
                : new ProducerRecord<>(topic, null, timestamp(context), null, null, null);
        Headers headers = letter.headers();
        if (!fits) {
            add(
                    headers,
                    "omitted",
                    "key, value and headers: together with the reason they are too large for one message");
        }
        add(headers, "exception", exception.getClass().getName());
        add(headers, "message", exception.getMessage());
        if (context.topic() != null) {
            add(headers, "topic", context.topic());
            add(headers, "partition", Integer.toString(context.partition()));
            add(headers, "offset", Long.toString(context.offset()));
        }
        if (state != null && fits && bytes + RecordSize.of(state) <= maxBytes) {
            headers.add(HEADER_PREFIX + "state", state);
        }
        return letter;
    }

    /** The record's headers, but for those that say why some record is a dead letter: these are the handler's. */
    private static Headers headers(ErrorHandlerContext context) {
        Headers headers = new RecordHeaders();
        if (context.headers() != null) { // without a record there are none
            for (Header header : context.headers()) {
                if (!header.key().startsWith(HEADER_PREFIX)) {
                    headers.add(header);
                }
            }
        }
        return headers;
    }

    /** Null, so that it is that of sending, where no record is at hand. */
    private static Long timestamp(ErrorHandlerContext context) {
        return context.timestamp() < 0 ? null : context.timestamp();
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(HEADER_PREFIX + name, value.getBytes(StandardCharsets.UTF_8));
    }
}
