package io.lstmstreams.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.Float32EventDecoder;
import io.lstmstreams.event.Int32EventDecoder;
import io.lstmstreams.event.JsonEventDecoder;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputRecordsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static InputRecords records(String... keysAndValues) {
        Map<String, String> properties = new TreeMap<>(Map.of(
                "application.id", "app",
                "bootstrap.servers", "localhost:1",
                "lstm.model", "model.safetensors",
                "lstm.input.topic", "events",
                "lstm.output.topic", "results"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new InputRecords(LstmStreamsConfig.of(properties, Map.of()));
    }

    private static ProducerRecord<byte[], byte[]> event(InputRecords records, String event) throws IOException {
        return records.event("blk_1", null, JSON.readTree(event), JSON.createObjectNode());
    }

    @Test
    void shouldNameTheSequenceInTheKey() throws IOException {
        ProducerRecord<byte[], byte[]> record = event(records(), "\"E5\"");

        assertThat(record.topic()).isEqualTo("events");
        assertThat(record.key()).isEqualTo("blk_1".getBytes(UTF_8));
        assertThat(new String(record.value(), UTF_8)).isEqualTo("{\"event\":\"E5\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/event", "/order/status", "/a~1b/c~0d", "/events/0/name", ""})
    void shouldWriteEventsWhereTheDecoderOfTheApplicationFindsThem(String pointer) throws IOException {
        InputRecords records = records("lstm.input.event", pointer);
        JsonEventDecoder decoder = new JsonEventDecoder(pointer);

        assertThat(decoder.decode(event(records, "\"E5\"").value())).isEqualTo(Decoded.of(new Event.Symbol("E5")));
        assertThat(decoder.decode(event(records, "7").value())).isEqualTo(Decoded.of(new Event.Index(7)));
    }

    @ParameterizedTest
    @CsvSource({"/event, /id", "/order/status, /order/id", "/order/status, /customer"})
    void shouldNameTheSequenceInTheFieldThatTheConfigurationNames(String pointer, String id) throws IOException {
        InputRecords records = records("lstm.input.event", pointer, "lstm.sequence.id", "field:" + id);
        JsonEventDecoder decoder = new JsonEventDecoder(pointer);

        JsonNode event = JSON.readTree(event(records, "\"E5\"").value());
        JsonNode end = JSON.readTree(records.end("blk_1", null).value());

        assertThat(event.at(id).textValue()).isEqualTo("blk_1");
        assertThat(decoder.decode(event)).isEqualTo(Decoded.of(new Event.Symbol("E5")));
        assertThat(end.at(id).textValue()).isEqualTo("blk_1");
        assertThat(decoder.decode(end)).isEqualTo(Decoded.END);
    }

    @Test
    void shouldNameTheSequenceInTheHeaderThatTheConfigurationNames() throws IOException {
        InputRecords records = records("lstm.sequence.id", "header:block");

        assertThat(event(records, "\"E5\"").headers().lastHeader("block").value())
                .isEqualTo("blk_1".getBytes(UTF_8));
        assertThat(records.end("blk_1", null).headers().lastHeader("block").value())
                .isEqualTo("blk_1".getBytes(UTF_8));
    }

    @Test
    void shouldEndASequenceByARecordWithoutValue() {
        ProducerRecord<byte[], byte[]> record = records().end("blk_1", 1700000000000L);

        assertThat(record.key()).isEqualTo("blk_1".getBytes(UTF_8));
        assertThat(record.value()).isNull();
        assertThat(record.timestamp()).isEqualTo(1700000000000L);
    }

    @Test
    void shouldUseTheBytesThatAHexadecimalIdDenotes() {
        assertThat(records().end("0xff00", null).key()).isEqualTo(new byte[] {(byte) 0xff, 0});
    }

    @Test
    void shouldSendTheOtherFieldsOfALineAlong() throws IOException {
        InputRecords records = records("lstm.input.event", "/order/status");
        ObjectNode line =
                (ObjectNode) JSON.readTree("{\"sequence\":\"a\",\"event\":\"paid\",\"amount\":3,\"end\":true}");

        JsonNode sent = JSON.readTree(
                records.event("a", null, records.eventIn(line), line).value());

        assertThat(sent).isEqualTo(JSON.readTree("{\"sequence\":\"a\",\"amount\":3,\"order\":{\"status\":\"paid\"}}"));
    }

    @Test
    void shouldFindEventAndSequenceInALineThatLooksLikeTheRecord() throws IOException {
        InputRecords records = records("lstm.input.event", "/order/status", "lstm.sequence.id", "field:/order/id");
        ObjectNode line = (ObjectNode) JSON.readTree("{\"order\":{\"id\":7,\"status\":\"paid\"}}");

        assertThat(records.sequenceIn(line)).isEqualTo("7");
        assertThat(records.eventIn(line)).isEqualTo(JSON.readTree("\"paid\""));
        assertThat(records().sequenceIn(line)).isNull();
        assertThat(records().eventIn(line)).isNull();
    }

    @Test
    void shouldWriteTheBytesOfTheOtherFormats() throws IOException {
        byte[] string = event(records("lstm.input.format", "string"), "\"E5\"").value();
        byte[] int32 = event(records("lstm.input.format", "int32"), "\"4\"").value();
        byte[] vector =
                event(records("lstm.input.format", "float32"), "[0.5, -1]").value();
        byte[] number =
                event(records("lstm.input.format", "float32"), "\"0.5\"").value();

        assertThat(string).isEqualTo("E5".getBytes(UTF_8));
        assertThat(new Int32EventDecoder().decode(int32)).isEqualTo(Decoded.of(new Event.Index(4)));
        assertThat(((Event.Vector) new Float32EventDecoder().decode(vector).event()).values())
                .containsExactly(0.5f, -1f);
        assertThat(((Event.Vector) new Float32EventDecoder().decode(number).event()).values())
                .containsExactly(0.5f);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "string  | [1]  | the event must be a symbol, because lstm.input.format=string",
                "int32   | \"E5\" | the event must be an index, because lstm.input.format=int32",
                "int32   | 3000000000 | the event must be an index, because lstm.input.format=int32",
                "float32 | [true] | the event must be an array of numbers, because lstm.input.format=float32"
            })
    void shouldRefuseAnEventThatTheFormatCannotExpress(String format, String event, String reason) {
        assertThatThrownBy(() -> event(records("lstm.input.format", format), event))
                .isInstanceOf(BadEventException.class)
                .hasMessage(reason);
    }
}
