package io.lstmstreams.runtime;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's own timestamp. A record without one, which some producers send, is as old as the latest before it, or of now
 * where it is the first or the latest lies in the future: no timestamp stops the stream.
 */
public final class AnyTimestamp implements TimestampExtractor {
    /** Called by Kafka Streams. */
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
