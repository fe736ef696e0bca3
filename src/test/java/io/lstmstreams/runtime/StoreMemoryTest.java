package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class StoreMemoryTest {
    private static final long BYTES = 8 << 20;
    private static final int STATES = 20_000;
    private static final int STATE_BYTES = 1_100;

    @TempDir
    private Path folder;

    /** Writes and then reads two stores of 22 MB each, which would keep everything in memory without a limit. */
    @Test
    void shouldKeepAllStoresWithinTheMemory() throws RocksDBException {
        try (StoreMemory memory = new StoreMemory(BYTES);
                Options first = options(memory, "first");
                Options second = options(memory, "second");
                FlushOptions wholly = new FlushOptions().setWaitForFlush(true);
                RocksDB firstStore = RocksDB.open(first, folder.resolve("first").toString());
                RocksDB secondStore =
                        RocksDB.open(second, folder.resolve("second").toString())) {
            List<RocksDB> stores = List.of(firstStore, secondStore);
            byte[] state = new byte[STATE_BYTES];
            new SplittableRandom(1).nextBytes(state);

            // When written, and again when the files exist
            for (int i = 0; i < STATES; i++) {
                for (RocksDB store : stores) {
                    store.put(key(i), state);
                }
            }
            for (RocksDB store : stores) {
                store.flush(wholly);
            }
            assertThat(memory.used()).isLessThanOrEqualTo(BYTES);

            // When read
            for (int i = 0; i < STATES; i++) {
                for (RocksDB store : stores) {
                    assertThat(store.get(key(i))).isEqualTo(state);
                }
            }

            // Then: used, and not exceeded
            assertThat(memory.used()).isBetween(BYTES / 2, BYTES);
        }
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
    }

    /** Returns options as Kafka Streams passes them. */
    private static Options options(StoreMemory memory, String store) {
        Options options = new Options().setCreateIfMissing(true);
        options.setTableFormatConfig(new BlockBasedTableConfig());
        new StoreMemory.Setter().setConfig(store, options, memory.storeSettings());
        return options;
    }
}
