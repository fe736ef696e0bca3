package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the stream go on after a record that cannot be stepped, and sends that record to
 * {@code errors.dead.letter.queue.topic.name}: key, value and headers as they came, and in further headers, named as Kafka's
 * own handlers name them, the reason and where it was read. Any other exception stops the stream.
 *
 * <p>Part of the same transaction as the results: a record is stepped or dead-lettered, once.
 */
public final class DeadLetterHandler implements ProcessingExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);
    private static final String HEADER_PREFIX = "__streams.errors.";

    private String topic; // null if there is none

    /** Called by Kafka Streams. */
    public DeadLetterHandler() {}

    @Override
    public void configure(Map<String, ?> configs) {
        Object name = configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
        topic = name == null || name.toString().isBlank() ? null : name.toString();
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (!(exception instanceof BadEventException)) {
            return Response.fail();
        }
        LOG.warn(
                "record at topic {} partition {} offset {} {}: {}",
                context.topic(),
                context.partition(),
                context.offset(),
                topic == null ? "skipped" : "sent to " + topic,
                exception.getMessage());
        return topic == null ? Response.resume() : Response.resume(List.of(deadLetter(context, exception)));
    }

    private ProducerRecord<byte[], byte[]> deadLetter(ErrorHandlerContext context, Exception exception) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                topic, null, context.timestamp(), context.sourceRawKey(), context.sourceRawValue(), context.headers());
        Headers headers = letter.headers();
        add(headers, "exception", exception.getClass().getName());
        add(headers, "message", exception.getMessage());
        add(headers, "topic", context.topic());
        add(headers, "partition", Integer.toString(context.partition()));
        add(headers, "offset", Long.toString(context.offset()));
        return letter;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(HEADER_PREFIX + name, value.getBytes(StandardCharsets.UTF_8));
    }
}
