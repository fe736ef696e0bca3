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
 * The memory outside of the Java heap that all state stores of an application share: RocksDB's block cache, which
 * holds indexes and filters too, and its write buffers. By default, Kafka Streams allows each store, and so each
 * partition, about 100 MB. There is one for each application; {@link #storeSettings} makes it known to the stores.
 * Safe for any number of threads.
 */
public final class StoreMemory implements AutoCloseable {
    private static final String CONFIG = "rocksdb.store.memory";

    /**
     * The divisor of the memory that gives the limit of the write buffers. A store beyond the limit writes a file.
     * Writers do not wait for the file, so the buffers can exceed the limit if the disk is slower than the events: if
     * writers waited, an idle store could stop a busy one permanently.
     */
    private static final int WRITE_BUFFER_SHARE = 2;

    /** The part of the memory that is reserved for indexes and filters. */
    private static final double INDEX_SHARE = 0.1;

    private static final int ANY_SHARDS = -1;

    private final Cache blockCache;
    private final WriteBufferManager writeBuffers;

    /**
     * Creates the memory. Nothing is allocated before it is used.
     *
     * @param bytes the limit for all stores together, in bytes
     */
    public StoreMemory(long bytes) {
        RocksDB.loadLibrary();
        blockCache = new LRUCache(bytes, ANY_SHARDS, false, INDEX_SHARE);
        writeBuffers = new WriteBufferManager(bytes / WRITE_BUFFER_SHARE, blockCache);
    }

    /** Returns the settings of Kafka Streams through which the stores use this memory. */
    public Map<String, Object> storeSettings() {
        return Map.of(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, Setter.class, CONFIG, this);
    }

    /** Returns the memory in use now, in bytes. */
    public long used() {
        return blockCache.getUsage();
    }

    /** Frees the memory. The stores must be closed. */
    @Override
    public void close() {
        writeBuffers.close();
        blockCache.close();
    }

    /** Connects a store to the memory of its application. Created by Kafka for each store. */
    public static final class Setter implements RocksDBConfigSetter {
        /** Creates a setter. */
        public Setter() {}

        @Override
        public void setConfig(String storeName, Options options, Map<String, Object> configs) {
            if (!(configs.get(CONFIG) instanceof StoreMemory memory)) {
                throw new IllegalStateException("the setting " + CONFIG + " of Kafka Streams must be the store memory");
            }
            BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
            table.setBlockCache(memory.blockCache);
            table.setCacheIndexAndFilterBlocks(true);
            table.setCacheIndexAndFilterBlocksWithHighPriority(true);
            table.setPinTopLevelIndexAndFilter(true);
            options.setTableFormatConfig(table);
            options.setWriteBufferManager(memory.writeBuffers);
        }

        /** Does nothing: the application closes the memory. */
        @Override
        public void close(String storeName, Options options) {}
    }
}
