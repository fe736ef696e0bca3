package io.lstmstreams.benchmark.pipeline;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * What a variant does when there is always more to read.
 *
 * @param perSecond results a second, as a read_committed consumer sees them
 * @param streamCpu microseconds of the stream thread a result
 * @param cpu microseconds of all of the application's threads a result
 * @param resultBytes mean size of a result's value
 */
record Throughput(double perSecond, double streamCpu, double cpu, int resultBytes) {
    /**
     * When to measure.
     *
     * @param warmUp nanoseconds after the first result, at least
     * @param warmUpResults as many results, at least
     * @param warmUpAtMost nanoseconds, whatever has come
     * @param measured nanoseconds
     * @param all how many results there will ever be
     */
    record Window(long warmUp, int warmUpResults, long warmUpAtMost, long measured, int all) {}

    /** Reads results until the window is over. */
    static Throughput measure(ResultConsumer consumer, String applicationId, Window window) {
        long begun = 0; // of the first result
        long start = 0; // of the measurement
        long last = 0;
        long seen = 0;
        long before = 0;
        long bytes = 0;
        StreamCpu cpu = null;
        while (seen < window.all && (start == 0 || System.nanoTime() - start < window.measured)) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll();
            if (records.isEmpty()) {
                continue;
            }
            last = System.nanoTime();
            seen += records.count();
            for (ConsumerRecord<byte[], byte[]> result : records) {
                bytes += result.value().length;
            }
            begun = begun == 0 ? last : begun;
            long age = last - begun;
            if (start == 0 && age >= window.warmUp && (seen >= window.warmUpResults || age >= window.warmUpAtMost)) {
                start = last;
                before = seen;
                cpu = StreamCpu.now(applicationId);
            }
        }
        if (start == 0 || seen == before) {
            throw new IllegalStateException("all " + seen + " results came during the warm-up: more events are needed");
        }
        double results = seen - before;
        StreamCpu used = StreamCpu.now(applicationId).minus(cpu);
        return new Throughput(
                results * 1e9 / (last - start), used.streamThread() / 1e3 / results, used.all() / 1e3 / results, (int)
                        (bytes / seen));
    }
}
