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
 * Lets the stream go on after a record that cannot be processed, and sends that record to
 * {@code errors.dead.letter.queue.topic.name}: key, value and headers as they came, and in further headers, named as Kafka's
 * own handlers name them, the reason and where it was read. Headers of these names that the record came with are left out. Any
 * other exception stops the stream.
 *
 * <p>Of a record so large that it would not fit into one message together with the reason, the dead letter holds as much as fits and says
 * what is missing; the record itself stays where the reason says, in the topic that it came from.
 *
 * <p>Part of the same transaction as the results: a record is processed or dead-lettered, once.
 */
public final class DeadLetterHandler implements ProcessingExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);

    private final LogThrottle warnings = new LogThrottle(LOG::warn, System::nanoTime);
    private Target target = Target.NONE; // where there is no topic

    /** Called by Kafka Streams. */
    public DeadLetterHandler() {}

    @Override
    public void configure(Map<String, ?> configs) {
        Object name = configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
        boolean none = name == null || name.toString().isBlank();
        target = SendLimits.in(configs).target(none ? null : name.toString());
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (!(exception instanceof BadEventException)) {
            return Response.fail();
        }
        if (LstmTopology.SHADOW_STEP.equals(context.processorNodeId())) {
            return Response.resume(); // a sequence that only the shadow cannot end: counted where it was found
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
