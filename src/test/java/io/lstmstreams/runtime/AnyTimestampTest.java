package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class AnyTimestampTest {
    private static final long UNKNOWN = -1;

    private final AnyTimestamp extractor = new AnyTimestamp();

    private static ConsumerRecord<Object, Object> record(long timestamp) {
        return new ConsumerRecord<>(
                "events",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                null,
                new RecordHeaders(),
                Optional.empty());
    }

    @Test
    void shouldUseTheTimestampOfTheRecord() {
        assertThat(extractor.extract(record(5), 9)).isEqualTo(5);
        assertThat(extractor.extract(record(0), UNKNOWN)).isZero();
    }

    @Test
    void shouldUseThePartitionsTimeForARecordWithoutATimestamp() {
        assertThat(extractor.extract(record(-1), 9)).isEqualTo(9);
    }

    @Test
    void shouldUseWallClockTimeForAFirstRecordWithoutATimestamp() {
        long before = System.currentTimeMillis();

        assertThat(extractor.extract(record(-1), UNKNOWN)).isBetween(before, System.currentTimeMillis());
    }

    @Test
    void shouldUseWallClockTimeIfThePartitionsTimeIsInTheFuture() {
        long before = System.currentTimeMillis();

        assertThat(extractor.extract(record(-1), Long.MAX_VALUE)).isBetween(before, System.currentTimeMillis());
    }
}
