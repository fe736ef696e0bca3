package io.lstmstreams.topology;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the stream at once when a topic refuses a record that was sent, with one line in the log that says what to do. It sends
 * nothing: Kafka Streams calls it from the producer's network thread too, and a send from there waits for that very thread. As in
 * Kafka's default, what may work when it is tried again is tried again, but for a topic that no longer exists.
 *
 * <p>What is known beforehand to be refused is a dead letter and never sent; what comes here is what nobody could know: a topic that
 * was changed or deleted meanwhile, or a right that was withdrawn.
 */
public final class SendFailureHandler implements ProductionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SendFailureHandler.class);

    /** Called by Kafka Streams. */
    public SendFailureHandler() {}

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (exception instanceof RetriableException && !isUnknownTopic(exception)) {
            return Response.retry();
        }
        LOG.error(
                "topic {} partition {} refuses a record that was sent while the stream was at topic {} partition {} offset {}:"
                        + " {}; {}",
                record.topic(),
                record.partition() == null ? "(any)" : record.partition(),
                context.topic(),
                context.partition(),
                context.offset(),
                exception.toString(),
                remedy(exception));
        return Response.fail();
    }

    @Override
    @SuppressWarnings("rawtypes") // as in Kafka's interface
    public Response handleSerializationError(
            ErrorHandlerContext context,
            ProducerRecord record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        LOG.error(
                "the {} of a record for topic {} cannot be written, at topic {} partition {} offset {}: {}",
                origin == SerializationExceptionOrigin.KEY ? "key" : "value",
                record.topic(),
                context.topic(),
                context.partition(),
                context.offset(),
                exception.getClass().getName()); // whose message may quote the record
        return Response.fail();
    }

    /** The producer has waited for the topic already, for as long as its configuration says. */
    private static boolean isUnknownTopic(Exception exception) {
        return exception instanceof UnknownTopicOrPartitionException
                || exception.getCause() instanceof UnknownTopicOrPartitionException;
    }

    private static String remedy(Exception exception) {
        if (isUnknownTopic(exception)) {
            return "the topic must exist: create it, then start the application again";
        }
        if (exception instanceof RecordTooLargeException || exception instanceof RecordBatchTooLargeException) {
            return "set the topic's max.message.bytes and segment.bytes to what they were, or start the application again,"
                    + " which reads the limits";
        }
        if (exception instanceof InvalidTimestampException) {
            return "set the topic's message.timestamp.before.max.ms and message.timestamp.after.max.ms to what they were, or"
                    + " start the application again, which reads the limits";
        }
        return "remove the cause, then start the application again: it goes on where it was";
    }
}
