package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.output.SequenceOutput;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Adds a shadow model to a topology: a record that the shadow model cannot process is counted, and is no dead letter.
 */
final class ShadowSupplier implements ProcessorSupplier<byte[], byte[], byte[], SequenceOutput> {
    private final LstmProcessorSupplier<byte[], byte[]> step;

    ShadowSupplier(LstmProcessorSupplier<byte[], byte[]> step) {
        this.step = step;
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return step.stores();
    }

    @Override
    public Processor<byte[], byte[], byte[], SequenceOutput> get() {
        Processor<byte[], byte[], byte[], SequenceOutput> processor = step.get();
        return new Processor<>() {
            @Override
            public void init(ProcessorContext<byte[], SequenceOutput> context) {
                processor.init(context);
            }

            @Override
            public void process(Record<byte[], byte[]> record) {
                try {
                    processor.process(record);
                } catch (BadEventException e) {
                    // The shadow's step has counted the record. If the record is bad for the first model too, it is
                    // already a dead letter.
                }
            }

            @Override
            public void close() {
                processor.close();
            }
        };
    }
}
