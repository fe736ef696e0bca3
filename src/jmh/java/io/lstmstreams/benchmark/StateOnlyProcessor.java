package io.lstmstreams.benchmark;

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
 * What a step costs without the step: reads and writes as many bytes of state, in a store with the same settings, and
 * sends as many bytes on, with no arithmetic and no JSON between.
 */
final class StateOnlyProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final String STORE = "state";

    private final int stateBytes;
    private final byte[] result;
    private final byte[] verdict;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<Bytes, byte[]> store;

    private StateOnlyProcessor(int stateBytes, int resultBytes, int verdictBytes) {
        this.stateBytes = stateBytes;
        this.result = new byte[resultBytes];
        this.verdict = new byte[verdictBytes];
        verdict[0] = 1;
    }

    static ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier(
            boolean cached, int stateBytes, int resultBytes, int verdictBytes) {
        StoreBuilder<KeyValueStore<Bytes, byte[]>> logged = Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of());
        StoreBuilder<KeyValueStore<Bytes, byte[]>> store =
                cached ? logged.withCachingEnabled() : logged.withCachingDisabled();
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new StateOnlyProcessor(stateBytes, resultBytes, verdictBytes);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(store);
            }
        };
    }

    static boolean isVerdict(byte[] output) {
        return output[0] == 1;
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
            context.forward(record.withValue(verdict));
            return;
        }
        store.put(key, stored == null ? new byte[stateBytes] : stored.clone());
        context.forward(record.withValue(result));
    }
}
