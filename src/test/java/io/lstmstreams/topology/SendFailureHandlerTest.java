package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.ProductionExceptionHandlerResponse;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Response;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Result;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.SerializationExceptionOrigin;
import org.apache.kafka.streams.errors.internals.DefaultErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("newer-kafka")
class SendFailureHandlerTest {
    private final SendFailureHandler handler = new SendFailureHandler();
    private final ErrorHandlerContext context = new DefaultErrorHandlerContext(
            null, "events", 0, 17, new RecordHeaders(), "results", new TaskId(0, 0), 1, new byte[1], new byte[1]);
    private final ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("results", new byte[1]);

    static Stream<Exception> fatal() {
        return Stream.of(
                new RecordTooLargeException("too large"),
                new InvalidTimestampException("too late"),
                new UnknownTopicOrPartitionException("gone"),
                new TimeoutException("no metadata", new UnknownTopicOrPartitionException("gone")),
                new IllegalStateException("a bug"));
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void shouldEndTheStreamAndSendNothing(Exception exception) {
        Response response = handler.handleError(context, record, exception);

        assertThat(response.result()).isEqualTo(Result.FAIL);
        assertThat(response.deadLetterQueueRecords()).isEmpty();
    }

    static Stream<Exception> retriable() {
        return Stream.of(new TimeoutException("slow"), new NotEnoughReplicasException("few"));
    }

    @ParameterizedTest
    @MethodSource("retriable")
    void shouldRetryTemporaryFailures(Exception exception) {
        Response response = handler.handleError(context, record, exception);

        assertThat(response.result()).isEqualTo(Result.RETRY);
        assertThat(response.deadLetterQueueRecords()).isEmpty();
    }

    @Test
    void shouldEndTheStreamIfARecordCannotBeWritten() {
        Response response = handler.handleSerializationError(
                context, record, new IllegalStateException("a bug"), SerializationExceptionOrigin.VALUE);

        assertThat(response.result()).isEqualTo(Result.FAIL);
        assertThat(response.deadLetterQueueRecords()).isEmpty();
    }

    @Test
    @SuppressWarnings("deprecation") // Kafka Streams before 4.2 calls these methods
    void shouldDoTheSameInOlderVersionsOfKafka() {
        assertThat(handler.handle(context, record, new RecordTooLargeException("too large")))
                .isEqualTo(ProductionExceptionHandlerResponse.FAIL);
        assertThat(handler.handle(context, record, new TimeoutException("slow")))
                .isEqualTo(ProductionExceptionHandlerResponse.RETRY);
        assertThat(handler.handleSerializationException(
                        context, record, new IllegalStateException("a bug"), SerializationExceptionOrigin.KEY))
                .isEqualTo(ProductionExceptionHandlerResponse.FAIL);
    }
}
