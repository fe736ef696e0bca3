package io.lstmstreams.runtime;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Extracts a record's own timestamp. Some producers send records without a timestamp. Such a record gets the latest
 * timestamp of its partition, or the present time if it is the first record or if that timestamp lies in the future.
 * So no record stops the stream.
 */
public final class AnyTimestamp implements TimestampExtractor {
    /** Creates an extractor. */
    public AnyTimestamp() {}

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        if (record.timestamp() >= 0) {
            return record.timestamp();
        }
        long now = System.currentTimeMillis();
        return partitionTime >= 0 ? Math.min(partitionTime, now) : now;
    }
}
