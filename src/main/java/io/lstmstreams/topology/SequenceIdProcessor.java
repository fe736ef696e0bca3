package io.lstmstreams.topology;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.config.SequenceId;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.UnknownEventException;
import io.lstmstreams.metrics.StreamMetrics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Makes a header or a field of the value the record's key, before the records are partitioned by it. Refuses bad records
 * here already: their dead letter then has the key, topic and offset that they came with.
 */
final class SequenceIdProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private final SequenceId id;
    private final JsonPointer field; // null if the id is in a header
    private final RecordReader<byte[]> reader;
    private final StreamMetrics metrics;
    private ProcessorContext<byte[], byte[]> context;

    SequenceIdProcessor(SequenceId id, RecordReader<byte[]> reader, StreamMetrics metrics) {
        this.id = id;
        this.field = id.from() == SequenceId.From.FIELD ? JsonPointer.compile(id.name()) : null;
        this.reader = reader;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        try {
            Record<byte[], byte[]> keyed =
                    record.withKey(field == null ? fromHeader(record) : fromField(record.value()));
            reader.read(keyed, keyed.key());
            context.forward(keyed);
        } catch (BadEventException e) {
            metrics.deadLetters().increment();
            if (e instanceof UnknownEventException) {
                metrics.unknownEvents().increment(); // this record never comes to the step, which counts all others
            }
            throw e;
        }
    }

    private byte[] fromHeader(Record<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(id.name());
        if (header == null || header.value() == null) {
            throw new BadEventException("the record has no header " + id.name() + ", and so belongs to no sequence");
        }
        return header.value();
    }

    private byte[] fromField(byte[] value) {
        if (value == null) {
            throw new BadEventException("the record has no value, and so no field " + id.name());
        }
        JsonNode node = JsonEventDecoder.parse(value).at(field);
        if (!node.isTextual() && !node.isIntegralNumber()) {
            throw new BadEventException("the value has no text or whole number at " + id.name());
        }
        return node.asText().getBytes(StandardCharsets.UTF_8);
    }
}
