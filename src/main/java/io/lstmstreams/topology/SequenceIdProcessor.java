package io.lstmstreams.topology;

import io.lstmstreams.config.RecordPart;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Makes a header or a field of the value the record's key, before the records are partitioned by it. Refuses bad records, and those
 * that the repartition topic would refuse, here already: their dead letter then has the key, topic and offset that they came with.
 */
final class SequenceIdProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private final RecordPart id;
    private final RecordPartReader idReader;
    private final RecordReader<byte[]> reader;
    private final InputEncoder encoder; // null where the model is known only by the step
    private final StreamMetrics metrics;
    private final Target repartition;
    private ProcessorContext<byte[], byte[]> context;

    SequenceIdProcessor(
            RecordPart id,
            RecordReader<byte[]> reader,
            InputEncoder encoder,
            StreamMetrics metrics,
            Target repartition) {
        this.id = id;
        this.idReader = new RecordPartReader(id);
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
        Reason reason = Reason.NO_SEQUENCE; // of a refusal
        try {
            Record<byte[], byte[]> keyed = record.withKey(idOf(record));
            reason = Reason.MALFORMED;
            SequenceEvent event = reader.read(keyed, keyed.key());
            if (encoder != null && event.event() != null) {
                reader.encode(event.event(), encoder);
            }
            checkSending(keyed);
            context.forward(keyed);
        } catch (BadEventException e) {
            StepCounts.refused(metrics, e, reason); // it never comes to the step, which counts all others
            throw e;
        }
    }

    private void checkSending(Record<byte[], byte[]> keyed) {
        repartition.checkTime(keyed.timestamp(), context.currentSystemTimeMs());
        repartition.checkSize(
                "the record with its sequence's id as key",
                RecordSize.ofBatch(keyed.key(), keyed.value(), keyed.headers()));
    }

    private byte[] idOf(Record<byte[], byte[]> record) {
        byte[] found = idReader.read(record);
        if (found == null) {
            String part = id.from() == RecordPart.From.HEADER ? "header " : "text or whole number at ";
            throw new BadEventException("the record has no " + part + id.name() + ", and so belongs to no sequence");
        }
        return found;
    }
}
