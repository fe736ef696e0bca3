package io.lstmstreams.topology;

import io.lstmstreams.config.RecordPart;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a record's key with the sequence id from a header or a field of the value, before the records are
 * repartitioned. Refuses bad records here already, and those that the repartition topic would refuse: their dead
 * letters then have the key, topic and offset of the input.
 */
final class SequenceIdProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private final RecordPart id;
    private final RecordPartReader idReader;
    private final RecordReader<byte[]> reader;
    private final @Nullable InputEncoder encoder; // null if only the step knows the model
    private final StreamMetrics metrics;
    private final Target repartition;
    private ProcessorContext<byte[], byte[]> context;

    SequenceIdProcessor(
            RecordPart id,
            RecordReader<byte[]> reader,
            @Nullable InputEncoder encoder,
            StreamMetrics metrics,
            Target repartition) {
        this.id = id;
        this.idReader = RecordPartReader.of(id);
        this.reader = reader;
        this.encoder = encoder;
        this.metrics = metrics;
        this.repartition = repartition;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Reason reason = Reason.NO_SEQUENCE; // of a refusal at this point
        try {
            byte[] key = idOf(record);
            Record<byte[], byte[]> keyed = record.withKey(key);
            reason = Reason.MALFORMED;
            SequenceEvent event = reader.read(keyed, key);
            if (encoder != null && event.event() != null) {
                reader.encode(event.event(), encoder);
            }
            checkLimits(keyed);
            context.forward(keyed);
        } catch (BadEventException e) {
            StepCounts.refused(metrics, e, reason); // the step, which counts other refusals, never receives this record
            throw e;
        }
    }

    private byte[] idOf(Record<byte[], byte[]> record) {
        byte[] found = idReader.read(record);
        if (found == null) {
            String part = id.from() == RecordPart.From.HEADER ? "header " : "text or whole number at ";
            throw new BadEventException("the record has no " + part + id.name() + ", and so belongs to no sequence");
        }
        return found;
    }

    private void checkLimits(Record<byte[], byte[]> keyed) {
        repartition.checkTime(keyed.timestamp(), context.currentSystemTimeMs());
        repartition.checkSize(
                "the record with its sequence's id as key",
                RecordSize.ofBatch(keyed.key(), keyed.value(), keyed.headers()));
    }
}
