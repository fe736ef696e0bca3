package io.lstmstreams.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static SinkRecord letter(byte[] key, byte[] value, Headers headers) {
        SinkRecord record = new SinkRecord(
                "dead-letters",
                3,
                Schema.OPTIONAL_BYTES_SCHEMA,
                key,
                Schema.OPTIONAL_BYTES_SCHEMA,
                value,
                17,
                1_700_000_000_000L,
                null,
                headers);
        try (DeadLetter<SinkRecord> transform = new DeadLetter<>()) {
            return transform.apply(record);
        }
    }

    @Test
    void shouldWriteTheReasonBesideTheRecord() {
        Headers headers = new ConnectHeaders()
                .addString("__streams.errors.message", "the value is not \"JSON\"")
                .addString("__streams.errors.topic", "events")
                .addString("__streams.errors.partition", "2")
                .addString("__streams.errors.offset", "40")
                .addString("traceparent", "00-1");

        SinkRecord written = letter("a".getBytes(UTF_8), "no\njson".getBytes(UTF_8), headers);

        assertThat(written.value())
                .isEqualTo("{\"reason\":\"the value is not \\\"JSON\\\"\",\"topic\":\"events\",\"partition\":\"2\","
                        + "\"offset\":\"40\",\"key\":\"a\",\"value\":\"no\\njson\"}");
        assertThat(written.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(written.kafkaPartition()).isEqualTo(3);
    }

    @Test
    void shouldWriteBytesThatAreNoTextInHexadecimal() {
        SinkRecord written = letter(null, new byte[] {(byte) 0xff, 0x01}, new ConnectHeaders());

        assertThat(written.value())
                .isEqualTo("{\"reason\":null,\"topic\":null,\"partition\":null,\"offset\":null,\"key\":null,"
                        + "\"value\":\"0xff01\"}");
    }
}
