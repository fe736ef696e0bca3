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
import org.apiguardian.api.API;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the stream when a topic refuses a record that was sent, and logs one line with the remedy. The handler sends
 * no dead letter: Kafka Streams also calls it from the producer's network thread, and a send from there would wait
 * for the same thread. As in Kafka's default handler, errors that a retry may fix are retried, except for a topic
 * that no longer exists.
 *
 * <p>Records that exceed a known limit are dead letters and are never sent. So a refusal has a cause that was not
 * known before: the topic was changed or deleted, or a right was withdrawn.
 */
@API(status = API.Status.STABLE)
public final class SendFailureHandler implements ProductionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SendFailureHandler.class);

    /** Creates a handler. */
    public SendFailureHandler() {}

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        return retries(context, record, exception) ? Response.retry() : Response.fail();
    }

    /** Does the same for Kafka Streams 4.1; later versions do not call this method. */
    @Override
    @SuppressWarnings("deprecation")
    public ProductionExceptionHandlerResponse handle(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        return retries(context, record, exception)
                ? ProductionExceptionHandlerResponse.RETRY
                : ProductionExceptionHandlerResponse.FAIL;
    }

    @Override
    @SuppressWarnings("rawtypes") // as in Kafka's interface
    public Response handleSerializationError(
            ErrorHandlerContext context,
            ProducerRecord record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        log(context, record, exception, origin);
        return Response.fail();
    }

    /** Does the same for Kafka Streams 4.1; later versions do not call this method. */
    @Override
    @SuppressWarnings({"rawtypes", "deprecation"})
    public ProductionExceptionHandlerResponse handleSerializationException(
            ErrorHandlerContext context,
            ProducerRecord record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        log(context, record, exception, origin);
        return ProductionExceptionHandlerResponse.FAIL;
    }

    /** Returns whether the send is retried. Logs a refusal that no retry removes. */
    private static boolean retries(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (exception instanceof RetriableException && !isUnknownTopic(exception)) {
            return true;
        }
        LOG.error(
                "topic {} partition {} refused a record that was sent for topic {} partition {} offset {}: {}; {}",
                record.topic(),
                record.partition() == null ? "(any)" : record.partition(),
                context.topic(),
                context.partition(),
                context.offset(),
                exception.toString(),
                remedy(exception));
        return false;
    }

    private static void log(
            ErrorHandlerContext context,
            ProducerRecord<?, ?> record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        LOG.error(
                "the {} of a record for topic {} cannot be written, at topic {} partition {} offset {}: {}",
                origin == SerializationExceptionOrigin.KEY ? "key" : "value",
                record.topic(),
                context.topic(),
                context.partition(),
                context.offset(),
                exception.getClass().getName()); // not its message, which may quote the record
    }

    /**
     * Returns whether the topic does not exist. The producer has waited for it already, up to its configured timeout.
     */
    private static boolean isUnknownTopic(Exception exception) {
        return exception instanceof UnknownTopicOrPartitionException
                || exception.getCause() instanceof UnknownTopicOrPartitionException;
    }

    private static String remedy(Exception exception) {
        if (isUnknownTopic(exception)) {
            return "the topic must exist: create it, then restart the application";
        }
        if (exception instanceof RecordTooLargeException || exception instanceof RecordBatchTooLargeException) {
            return "restore the topic's max.message.bytes and segment.bytes, or restart the application, which reads the"
                    + " new limits";
        }
        if (exception instanceof InvalidTimestampException) {
            return "restore the topic's message.timestamp.before.max.ms and message.timestamp.after.max.ms, or restart"
                    + " the application, which reads the new limits";
        }
        return "remove the cause, then restart the application: it continues where it stopped";
    }
}
