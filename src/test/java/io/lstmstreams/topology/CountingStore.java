package io.lstmstreams.topology;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A store that counts the entries that are read from it in ranges. */
final class CountingStore {
    private final KeyValueStore<Bytes, byte[]> store;
    long reads;

    CountingStore(KeyValueStore<Bytes, byte[]> counted) {
        store = proxy(counted);
    }

    KeyValueStore<Bytes, byte[]> store() {
        return store;
    }

    @SuppressWarnings("unchecked") // of a generic interface
    private KeyValueStore<Bytes, byte[]> proxy(KeyValueStore<Bytes, byte[]> counted) {
        return (KeyValueStore<Bytes, byte[]>) Proxy.newProxyInstance(
                CountingStore.class.getClassLoader(),
                new Class<?>[] {KeyValueStore.class},
                (any, method, arguments) -> {
                    try {
                        Object result = method.invoke(counted, arguments);
                        return method.getName().equals("range")
                                ? new Counting((KeyValueIterator<Bytes, byte[]>) result)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private final class Counting implements KeyValueIterator<Bytes, byte[]> {
        private final KeyValueIterator<Bytes, byte[]> counted;

        private Counting(KeyValueIterator<Bytes, byte[]> counted) {
            this.counted = counted;
        }

        @Override
        public boolean hasNext() {
            return counted.hasNext();
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            reads++;
            return counted.next();
        }

        @Override
        public Bytes peekNextKey() {
            return counted.peekNextKey();
        }

        @Override
        public void close() {
            counted.close();
        }
    }
}
