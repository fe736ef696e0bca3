package io.lstmstreams.runtime;

import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds what the state stores of an application take of memory outside of the Java heap, all together: blocks that RocksDB
 * has read, their indexes and filters, and what was written and is not in a file yet. Left alone, Kafka Streams allows each
 * store, and so each partition, some 100 MB. One for each application, made known to its stores by {@link #storeSettings};
 * safe for any number of threads.
 */
public final class StoreMemory implements AutoCloseable {
    private static final String CONFIG = "rocksdb.store.memory";

    /**
     * Of the memory, what was written may take a half: a store that is over it writes a file. Nobody waits for that file, so a
     * disk slower than the events lets more pile up meanwhile; to wait would let an idle store hold up a busy one permanently.
     */
    private static final int WRITTEN = 2;

    /** Of the memory, what is kept for indexes and filters before any block of states. */
    private static final double INDEXES = 0.1;

    private static final int ANY_SHARDS = -1;

    private final Cache blocks;
    private final WriteBufferManager written;

    /**
     * Sets memory aside, none of which is taken before it is used.
     *
     * @param bytes for all stores together
     */
    public StoreMemory(long bytes) {
        RocksDB.loadLibrary();
        blocks = new LRUCache(bytes, ANY_SHARDS, false, INDEXES);
        written = new WriteBufferManager(bytes / WRITTEN, blocks);
    }

    /** What the configuration of Kafka Streams must hold, so that its stores keep within it. */
    public Map<String, Object> storeSettings() {
        return Map.of(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, Setter.class, CONFIG, this);
    }

    /** How much of it is taken now, in bytes. */
    public long used() {
        return blocks.getUsage();
    }

    /** Gives the memory back; after the stores were closed. */
    @Override
    public void close() {
        written.close();
        blocks.close();
    }

    /** Called by Kafka for each store. */
    public static final class Setter implements RocksDBConfigSetter {
        /** Called by Kafka. */
        public Setter() {}

        @Override
        public void setConfig(String storeName, Options options, Map<String, Object> configs) {
            StoreMemory memory = (StoreMemory) configs.get(CONFIG);
            BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
            table.setBlockCache(memory.blocks);
            table.setCacheIndexAndFilterBlocks(true);
            table.setCacheIndexAndFilterBlocksWithHighPriority(true);
            table.setPinTopLevelIndexAndFilter(true);
            options.setTableFormatConfig(table);
            options.setWriteBufferManager(memory.written);
        }

        /** Nothing to close: the memory is the application's. */
        @Override
        public void close(String storeName, Options options) {}
    }
}
