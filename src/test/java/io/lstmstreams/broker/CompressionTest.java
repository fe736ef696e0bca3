package io.lstmstreams.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka with newer compression libraries than its own, which this project gives it. */
class CompressionTest {

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldDecompressCompressedRecords(CompressionType type) {
        // Given
        List<SimpleRecord> records = List.of(
                new SimpleRecord("{\"event\":\"open\"}".repeat(10_000).getBytes(UTF_8)),
                new SimpleRecord(1, "key".getBytes(UTF_8), null));

        // When
        MemoryRecords compressed =
                MemoryRecords.withRecords(Compression.of(type).build(), records.toArray(SimpleRecord[]::new));

        // Then
        assertThat(StreamSupport.stream(compressed.records().spliterator(), false)
                        .map(SimpleRecord::new))
                .isEqualTo(records);
        assertThat(compressed.sizeInBytes() < 20_000).isEqualTo(type != CompressionType.NONE);
    }
}
