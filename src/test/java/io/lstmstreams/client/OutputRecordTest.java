package io.lstmstreams.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.config.OutputFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputRecordTest {
    private final RecordHeaders headers = new RecordHeaders();

    private OutputRecord record(OutputTopic topic, OutputFormat format, byte[] value) {
        return new OutputRecord(
                topic,
                format,
                new ConsumerRecord<>(
                        "topic",
                        0,
                        0,
                        1700000000000L,
                        TimestampType.CREATE_TIME,
                        5,
                        0,
                        "blk_1".getBytes(UTF_8),
                        value,
                        headers,
                        Optional.empty()));
    }

    private String text(OutputTopic topic, String json) {
        return record(topic, OutputFormat.JSON, json.getBytes(UTF_8))
                .text()
                .replaceFirst("^\\d\\d:\\d\\d:\\d\\d  ", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'sequence':'blk_1','step':1,'event':'E5','next':[{'event':'E22','probability':0.713},{'event':'E5',"
                        + "'probability':0.0312}]} | result   blk_1, step 1: E5; next E22 71 %, E5 3.1 %",
                "{'sequence':'blk_1','step':7,'event':'E20','score':{'probability':0.00001,'rank':14,'anomalous':true}}"
                        + " | anomaly  blk_1, step 7: E20, 1 chance in 100,000, rank 14",
                "{'sequence':'blk_1','step':7,'event':'E20','score':{'probability':0,'rank':29,'anomalous':true}}"
                        + " | anomaly  blk_1, step 7: E20, less than 1 chance in a billion, rank 29",
                "{'sequence':'pump','step':3,'output':{'forecast':[0.5]}} | result   pump, step 3; output"
                        + " {\"forecast\":[0.5]}",
                "not JSON | not a result of this application: blk_1"
            })
    void shouldDescribeAResultInOneLine(String json, String line) {
        assertThat(text(OutputTopic.RESULTS, json.replace('\'', '"'))).isEqualTo(line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'sequence':'blk_1','steps':19,'ended':'end-record','minLogProbability':-5.0,'minAtStep':7,"
                        + "'anomalous':true} | verdict  blk_1: anomalous after 19 events (end-record); least probable:"
                        + " step 7, 0.7 %",
                "{'sequence':'blk_1','steps':1,'ended':'idle','minLogProbability':-9.2,'minAtStep':2,"
                        + "'anomalous':false} | verdict  blk_1: normal after 1 event (idle); least probable: its end,"
                        + " 1 chance in 9,897",
                "{'sequence':'blk_1','steps':3,'ended':'max-steps'} | verdict  blk_1: not judged after 3 events"
                        + " (max-steps)"
            })
    void shouldDescribeAVerdictInOneLine(String json, String line) {
        assertThat(text(OutputTopic.VERDICTS, json.replace('\'', '"'))).isEqualTo(line);
    }

    @Test
    void shouldDescribeADeadLetterWithItsReasonAndItsPosition() throws IOException {
        headers.add("__streams.errors.message", "the event is not in the model's vocabulary".getBytes(UTF_8));
        headers.add("__streams.errors.topic", "events".getBytes(UTF_8));
        headers.add("__streams.errors.partition", "3".getBytes(UTF_8));
        headers.add("__streams.errors.offset", "44".getBytes(UTF_8));

        OutputRecord text = record(OutputTopic.DEAD_LETTERS, OutputFormat.JSON, "E99".getBytes(UTF_8));
        OutputRecord bytes = record(OutputTopic.DEAD_LETTERS, OutputFormat.JSON, new byte[] {-1});

        assertThat(text.text())
                .endsWith("dead letter  blk_1: the event is not in the model's vocabulary (events-3 at offset 44)");
        assertThat(new ObjectMapper().readTree(text.json()))
                .isEqualTo(new ObjectMapper()
                        .readTree(
                                "{\"sequence\":\"blk_1\",\"time\":1700000000000,\"deadLetter\":{\"reason\":\"the event is"
                                        + " not in the model's vocabulary\",\"topic\":\"events\",\"partition\":3,\"offset\":44,"
                                        + "\"value\":\"E99\"}}"));
        assertThat(bytes.json()).contains("\"base64\":\"/w==\"");
    }

    @Test
    void shouldShowAFloat32ResultAsNumbers() {
        byte[] value = ByteBuffer.allocate(8).putFloat(0.5f).putFloat(-2f).array();

        OutputRecord record = record(OutputTopic.RESULTS, OutputFormat.FLOAT32, value);

        assertThat(record.json()).isEqualTo("{\"sequence\":\"blk_1\",\"time\":1700000000000,\"output\":[0.5,-2.0]}");
        assertThat(record.text()).endsWith("result   blk_1; output [0.5,-2.0]");
    }

    @Test
    void shouldHandOverAJsonRecordAsItIs() {
        String result = "{\"sequence\":\"blk_1\",\"step\":1}";

        assertThat(record(OutputTopic.RESULTS, OutputFormat.JSON, result.getBytes(UTF_8))
                        .json())
                .isEqualTo(result);
    }
}
