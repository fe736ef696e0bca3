package io.lstmstreams.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.Float32EventDecoder;
import io.lstmstreams.event.JsonEventDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OneHotTest {
    private static final String NAMED =
            "{\"input\":{\"encoding\":\"one-hot\",\"size\":4,\"vocabulary\":[\"open\",\"read\","
                    + "\"?\"],\"end\":\"<end>\",\"unknown\":\"?\"}}";
    private static final String NUMBERED = "{\"input\":{\"encoding\":\"one-hot\",\"size\":4}}";

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.writeString(folder.resolve("model.json"), NAMED);
    }

    private <R extends org.apache.kafka.connect.connector.ConnectRecord<R>> OneHot<R> transform(String... options) {
        Map<String, String> properties = new HashMap<>(Map.of("model", model.toString()));
        for (int i = 0; i < options.length; i += 2) {
            properties.put(options[i], options[i + 1]);
        }
        OneHot<R> transform = new OneHot<>();
        transform.configure(properties);
        return transform;
    }

    private static SourceRecord record(Object value) {
        return record(null, value);
    }

    private static SourceRecord record(Object key, Object value) {
        return new SourceRecord(Map.of(), Map.of(), "events", 3, null, key, null, value, 1700000000000L);
    }

    private static Map<String, Object> map(Object... entries) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }

    private static void assertThatIsEvent(SourceRecord record, String sequence, String event) {
        assertThat(record.keySchema()).isEqualTo(Schema.STRING_SCHEMA);
        assertThat(record.key()).isEqualTo(sequence);
        assertThat(record.valueSchema()).isNull();
        assertThat(record.value()).isEqualTo(Map.of("event", event));
    }

    @Test
    void shouldCreateAnEventFromALineOfText() {
        SourceRecord event = this.<SourceRecord>transform().apply(record("blk_7   read"));

        assertThatIsEvent(event, "blk_7", "read");
        assertThat(event.topic()).isEqualTo("events");
        assertThat(event.timestamp()).isEqualTo(1700000000000L);
    }

    @Test
    void shouldDeriveThePartitionFromTheNewKey() {
        SourceRecord event = this.<SourceRecord>transform().apply(record("blk_7 read"));

        assertThat(event.kafkaPartition()).isNull();
    }

    @Test
    void shouldCreateAnEventFromBytesOfText() {
        assertThatIsEvent(this.<SourceRecord>transform().apply(record("blk_7 read".getBytes(UTF_8))), "blk_7", "read");
    }

    @Test
    void shouldRefuseTextThatWouldBecomeAnotherSequence() {
        OneHot<SourceRecord> transform = transform();

        assertThatThrownBy(() -> transform.apply(record(new byte[] {'a', (byte) 0xff, ' ', 'r', 'e', 'a', 'd'})))
                .isInstanceOf(DataException.class)
                .hasMessage("the value is not UTF-8");
        assertThatThrownBy(() -> transform.apply(record("{\"sequence\":\"\\ud800\",\"event\":\"read\"}")))
                .isInstanceOf(DataException.class)
                .hasMessage("the field sequence contains half of a surrogate pair, which UTF-8 cannot encode");
    }

    @Test
    void shouldCreateAnEventFromALineOfJson() {
        SourceRecord event = this.<SourceRecord>transform()
                .apply(record("{\"sequence\":7,\"event\":1,\"time\":5,\"host\":{\"name\":\"a\"}}"));

        assertThatIsEvent(event, "7", "read");
        assertThat(event.timestamp()).isEqualTo(5);
    }

    @Test
    void shouldCreateAnEventFromAMap() {
        SourceRecord event = this.<SourceRecord>transform("sequence.field", "block", "event.field", "what")
                .apply(record(map("block", "blk_7", "what", "read")));

        assertThatIsEvent(event, "blk_7", "read");
    }

    @Test
    void shouldCreateAnEventFromAStruct() {
        Schema schema = SchemaBuilder.struct()
                .field("sequence", Schema.INT32_SCHEMA)
                .field("event", Schema.STRING_SCHEMA)
                .field("time", Timestamp.SCHEMA)
                .build();
        Struct row = new Struct(schema).put("sequence", 7).put("event", "open").put("time", new Date(42));

        SourceRecord event = this.<SourceRecord>transform().apply(record(row));

        assertThatIsEvent(event, "7", "open");
        assertThat(event.timestamp()).isEqualTo(42);
    }

    @Test
    void shouldUseTheWholeValueIfNoFieldIsNamed() {
        SourceRecord event = this.<SourceRecord>transform("event.field", "").apply(record("blk_7", "read"));

        assertThat(event.key()).isEqualTo("blk_7");
        assertThat(event.value()).isEqualTo(Map.of("event", "read"));
        assertThat(event.kafkaPartition()).isEqualTo(3);
    }

    @Test
    void shouldWriteSymbolsAsTheApplicationReadsStrings() {
        SourceRecord event =
                this.<SourceRecord>transform("form", "symbol").apply(record(map("sequence", "s", "event", 1L)));

        assertThat(event.valueSchema()).isEqualTo(Schema.STRING_SCHEMA);
        assertThat(event.value()).isEqualTo("read");
    }

    @Test
    void shouldWriteIndexes() {
        SourceRecord event = this.<SourceRecord>transform("form", "index").apply(record("s read"));

        assertThat(event.valueSchema()).isEqualTo(Schema.INT32_SCHEMA);
        assertThat(event.value()).isEqualTo(1);
    }

    @Test
    void shouldWriteVectorsAsTheApplicationReadsThem() {
        SourceRecord event = this.<SourceRecord>transform("form", "vector").apply(record("s read"));

        Decoded decoded = new Float32EventDecoder().decode((byte[]) event.value());
        assertThat(((Event.Vector) decoded.event()).values()).containsExactly(0f, 1f, 0f, 0f);
    }

    @Test
    void shouldWriteJsonAsTheApplicationReadsIt() {
        SourceRecord event = this.<SourceRecord>transform().apply(record("s read"));
        byte[] bytes;
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("schemas.enable", "false"), false);
            bytes = converter.fromConnectData("events", event.valueSchema(), event.value());
        }

        assertThat(new JsonEventDecoder("/event").decode(bytes))
                .isEqualTo(new Decoded(new Event.Symbol("read"), false));
    }

    @Test
    void shouldReadTextAsIndexesIfEventsHaveNoNames() throws IOException {
        Files.writeString(model, NUMBERED);

        SourceRecord event = this.<SourceRecord>transform().apply(record("s 3"));

        assertThat(event.value()).isEqualTo(Map.of("event", 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s <end>", "{\"sequence\":\"s\",\"end\":true}", "{\"sequence\":\"s\",\"event\":\"<end>\"}"})
    void shouldEndASequenceWithARecordWithoutAValue(String line) {
        SourceRecord end = this.<SourceRecord>transform().apply(record(line));

        assertThat(end.key()).isEqualTo("s");
        assertThat(end.value()).isNull();
        assertThat(end.valueSchema()).isNull();
    }

    @Test
    void shouldEndASequenceWithTheSymbolThatIsConfigured() {
        assertThat(this.<SourceRecord>transform("end.symbol", ".")
                        .apply(record("s ."))
                        .value())
                .isNull();
    }

    @Test
    void shouldMarkTheEndWithAnEventInAHeader() {
        SourceRecord event =
                this.<SourceRecord>transform().apply(record(map("sequence", "s", "event", "read", "end", true)));

        assertThat(event.value()).isEqualTo(Map.of("event", "read"));
        assertThat(event.headers().lastWithName("lstm.sequence").value()).isEqualTo("end");
    }

    @Test
    void shouldPassARecordWithoutAValue() {
        SourceRecord end = record("s", null);

        assertThat(this.<SourceRecord>transform().apply(end)).isSameAs(end);
    }

    @Test
    void shouldLeaveOutBlankLines() {
        assertThat(this.<SourceRecord>transform().apply(record("  "))).isNull();
    }

    @Test
    void shouldKeepHeaders() {
        SourceRecord record = record("s read");
        record.headers().addLong("id", 9);

        assertThat(this.<SourceRecord>transform()
                        .apply(record)
                        .headers()
                        .lastWithName("id")
                        .value())
                .isEqualTo(9L);
    }

    @Test
    void shouldTransformASinksRecordsToo() {
        SinkRecord record =
                new SinkRecord("events", 3, null, null, null, "s read", 12L, null, null, new ConnectHeaders());

        SinkRecord event = this.<SinkRecord>transform().apply(record);

        assertThat(event.value()).isEqualTo(Map.of("event", "read"));
        assertThat(event.kafkaPartition()).isEqualTo(3);
    }

    @Test
    void shouldReplaceAnUnknownEventByTheModelsSymbol() {
        assertThat(this.<SourceRecord>transform("unknown.event", "unknown-symbol")
                        .apply(record("s write"))
                        .value())
                .isEqualTo(Map.of("event", "?"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    s secret                                | the event is not in the model's vocabulary
                    {"sequence":"s","event":9}              | the event's index is not within 0 to 3
                    {"sequence":"s","event":"read"          | the value is not JSON
                    {"sequence":"s"}                        | the field event is missing
                    {"event":"read"}                        | the field sequence is missing
                    {"sequence":"s","event":1.5}            | the event must be text or an integer
                    {"sequence":1.5,"event":"read"}         | the field sequence must be text or an integer
                    {"sequence":"s","event":1,"end":"yes"}  | the field end must be true or false
                    {"sequence":"s","event":1,"time":"now"} | the field time must be a number of milliseconds since the epoch
                    one two three                           | the line must match line.pattern or be a JSON object
                    """)
    void shouldRefuseAnInvalidEventWithoutQuotingIt(String line, String reason) {
        OneHot<SourceRecord> transform = transform();

        assertThatThrownBy(() -> transform.apply(record(line)))
                .isInstanceOf(DataException.class)
                .hasMessage(reason)
                .hasNoCause();
    }

    @Test
    void shouldRefuseAValueOfAnotherKind() {
        OneHot<SourceRecord> transform = transform();

        assertThatThrownBy(() -> transform.apply(record(3.5)))
                .isInstanceOf(DataException.class)
                .hasMessage("the value must be text, a struct or a map");
    }

    @Test
    void shouldRefuseAStructWithoutTheField() {
        OneHot<SourceRecord> transform = transform();
        Struct row = new Struct(SchemaBuilder.struct()
                        .field("sequence", Schema.STRING_SCHEMA)
                        .build())
                .put("sequence", "s");

        assertThatThrownBy(() -> transform.apply(record(row)))
                .isInstanceOf(DataException.class)
                .hasMessage("the field event is missing");
    }

    @Test
    void shouldRefuseAWholeValueWithoutAKey() {
        OneHot<SourceRecord> transform = transform("event.field", "");

        assertThatThrownBy(() -> transform.apply(record("read")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no key");
    }

    @Test
    void shouldSplitLinesByThePattern() {
        SourceRecord event = this.<SourceRecord>transform(
                        "line.pattern",
                        "(?<time>\\d+),(?<event>[^,]+),(?<sequence>[^,]+),.*",
                        "sequence.field",
                        "block")
                .apply(record("77,read,blk_7,10.0.0.1"));

        assertThatIsEvent(event, "blk_7", "read");
        assertThat(event.timestamp()).isEqualTo(77);
    }
}
