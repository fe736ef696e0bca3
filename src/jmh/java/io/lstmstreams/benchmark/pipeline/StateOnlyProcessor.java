package io.lstmstreams.benchmark.pipeline;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * A processor that has the input and output of a step but no arithmetic and no JSON: it reads and writes as many bytes
 * of state and sends as many bytes.
 */
final class StateOnlyProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final String STORE = "state";

    private final int stateBytes;
    private final byte[] result;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<Bytes, byte[]> store;

    private StateOnlyProcessor(int stateBytes, int resultBytes) {
        this.stateBytes = stateBytes;
        this.result = new byte[resultBytes];
    }

    static ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier(boolean cached, int stateBytes, int resultBytes) {
        StoreBuilder<KeyValueStore<Bytes, byte[]>> logged = Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of());
        StoreBuilder<KeyValueStore<Bytes, byte[]>> store =
                cached ? logged.withCachingEnabled() : logged.withCachingDisabled();
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new StateOnlyProcessor(stateBytes, resultBytes);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(store);
            }
        };
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.store = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Bytes key = Bytes.wrap(record.key());
        byte[] stored = store.get(key);
        if (record.value() == null) {
            store.delete(key);
            return;
        }
        store.put(key, stored == null ? new byte[stateBytes] : stored.clone());
        context.forward(record.withValue(result));
    }
}
