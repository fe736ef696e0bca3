package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.apiguardian.api.API;
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
 *
 * <p>Kafka Streams sends dead letters from version 4.2 on. With version 4.1 the handler skips the record, with a
 * warning, and refuses a topic for dead letters.
 */
@API(status = API.Status.STABLE)
public final class DeadLetterHandler implements ProcessingExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);

    private final LogThrottle warnings = new LogThrottle(LOG::warn, System::nanoTime);
    private Target target = Target.NONE; // if no topic is configured

    /** Creates a handler that {@link #configure} connects. */
    public DeadLetterHandler() {}

    /** @throws ConfigException if there is a topic for dead letters, and this version of Kafka sends none */
    @Override
    public void configure(Map<String, ?> configs) {
        String key = StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG;
        Object configured = configs.get(key);
        String topic = configured == null ? "" : configured.toString();
        if (!topic.isBlank() && !sendsDeadLetters()) {
            throw new ConfigException(key + " requires Kafka Streams 4.2 or later. Remove the key, and records that"
                    + " cannot be processed are skipped with a warning.");
        }
        target = topic.isBlank() ? Target.NONE : SendLimits.in(configs).target(topic);
    }

    /** Returns whether this version of Kafka Streams sends dead letters. */
    public static boolean sendsDeadLetters() {
        return StreamsConfig.configDef().names().contains(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (!continues(context, exception)) {
            return Response.fail();
        }
        return target == Target.NONE || isOfShadow(context)
                ? Response.resume()
                : Response.resume(List.of(DeadLetter.of(target, System.currentTimeMillis(), context, exception)));
    }

    /** Skips a record that cannot be processed. Kafka Streams 4.1 calls this method, later versions do not. */
    @Override
    @SuppressWarnings("deprecation")
    public ProcessingHandlerResponse handle(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        return continues(context, exception) ? ProcessingHandlerResponse.CONTINUE : ProcessingHandlerResponse.FAIL;
    }

    /** Returns whether the stream continues after an exception, and logs what happens to the record. */
    private boolean continues(ErrorHandlerContext context, Exception exception) {
        if (!(exception instanceof BadEventException)) {
            return false;
        }
        if (!isOfShadow(context)) {
            warnings.log(() -> "record at topic %s partition %d offset %d %s: %s"
                    .formatted(
                            context.topic(),
                            context.partition(),
                            context.offset(),
                            target == Target.NONE ? "skipped" : "sent to " + target.topic(),
                            exception.getMessage()));
        }
        return true;
    }

    /** Returns whether the shadow model cannot send the end of a sequence. Its processor has counted that. */
    private static boolean isOfShadow(ErrorHandlerContext context) {
        return LstmTopology.SHADOW_STEP.equals(context.processorNodeId());
    }
}
