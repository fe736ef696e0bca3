package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a record that cannot be processed to {@code errors.dead.letter.queue.topic.name}, and lets the stream
 * continue. A dead letter has the key, the value and the headers of the record. Further headers, with the names that
 * Kafka's own handlers give them, hold the reason and the record's topic, partition and offset; headers of the record
 * with these names are left out. Any other exception stops the stream.
 *
 * <p>If a record does not fit into its dead letter together with the reason, the dead letter holds as much of the
 * record as fits, and says what is missing. The whole record remains in its own topic.
 *
 * <p>A dead letter is sent in the same transaction as the results, so a record is either processed or a dead letter,
 * once.
 */
public final class DeadLetterHandler implements ProcessingExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);

    private final LogThrottle warnings = new LogThrottle(LOG::warn, System::nanoTime);
    private Target target = Target.NONE; // if no topic is configured

    /** Creates a handler that {@link #configure} connects. */
    public DeadLetterHandler() {}

    @Override
    public void configure(Map<String, ?> configs) {
        Object configured = configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
        String topic = configured == null ? "" : configured.toString();
        target = topic.isBlank() ? Target.NONE : SendLimits.in(configs).target(topic);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (!(exception instanceof BadEventException)) {
            return Response.fail();
        }
        if (LstmTopology.SHADOW_STEP.equals(context.processorNodeId())) {
            // The shadow model cannot send the end of a sequence. Its processor has counted that.
            return Response.resume();
        }
        warnings.log(() -> "record at topic %s partition %d offset %d %s: %s"
                .formatted(
                        context.topic(),
                        context.partition(),
                        context.offset(),
                        target == Target.NONE ? "skipped" : "sent to " + target.topic(),
                        exception.getMessage()));
        return target == Target.NONE
                ? Response.resume()
                : Response.resume(List.of(DeadLetter.of(target, System.currentTimeMillis(), context, exception)));
    }
}
