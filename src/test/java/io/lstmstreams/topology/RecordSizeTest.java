package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("newer-kafka")
class RecordSizeTest {
    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 63, 64, 127, 128, 8191, 8192, 16_383, 16_384, 1_048_575, 1_048_576, 3_000_000})
    void shouldBeTheSizeThatKafkasProducerComputes(int length) {
        byte[] part = length < 0 ? null : new byte[length];
        Headers none = new RecordHeaders();
        Headers some = new RecordHeaders();
        for (String name : new String[] {"", "plain", "größe", "大小", "😀", "n".repeat(70)}) {
            some.add(name, part);
        }

        for (Headers headers : new Headers[] {none, some}) {
            assertThat(RecordSize.ofBatch("k".getBytes(UTF_8), part, headers))
                    .isEqualTo(kafkas("k".getBytes(UTF_8), part, headers));
            assertThat(RecordSize.ofBatch(part, part, headers)).isEqualTo(kafkas(part, part, headers));
            assertThat(RecordSize.ofBatch(part, null, headers))
                    .isGreaterThanOrEqualTo(written(part, headers))
                    .isLessThan(written(part, headers) + 21);
        }
    }

    private static long kafkas(byte[] key, byte[] value, Headers headers) {
        return AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE, Compression.NONE.type(), key, value, headers.toArray());
    }

    private static long written(byte[] key, Headers headers) {
        return MemoryRecords.withRecords(
                        RecordBatch.CURRENT_MAGIC_VALUE,
                        0,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        new SimpleRecord(1_700_000_000_000L, key, null, headers.toArray()))
                .sizeInBytes();
    }
}
