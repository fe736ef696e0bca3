package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.output.SequenceOutput;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;

/** Steps for a model that is only watched: a record that it cannot step is counted, and goes to no dead letters. */
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
                    // Counted where it was thrown. The model that counts has sent it to the dead letters, if it is bad
                    // for that one.
                }
            }

            @Override
            public void close() {
                processor.close();
            }
        };
    }
}
