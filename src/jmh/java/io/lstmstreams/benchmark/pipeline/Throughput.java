package io.lstmstreams.benchmark.pipeline;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * The throughput of a variant that always has more records to read.
 *
 * @param perSecond the number of results a second that a read_committed consumer receives
 * @param streamCpu the microseconds of the stream thread for each result
 * @param cpu the microseconds of all threads of the application for each result
 * @param resultBytes the mean size of a result's value
 */
record Throughput(double perSecond, double streamCpu, double cpu, int resultBytes) {
    /**
     * The part of a run that is measured.
     *
     * @param warmUp the minimum nanoseconds from the first result until the measurement
     * @param warmUpResults the minimum number of results before the measurement
     * @param warmUpAtMost the nanoseconds after which the measurement begins in any case
     * @param measured the nanoseconds of the measurement
     * @param all the number of results in the whole run
     */
    record Window(long warmUp, int warmUpResults, long warmUpAtMost, long measured, int all) {}

    /** Reads results until the window ends. */
    static Throughput measure(ResultConsumer consumer, String applicationId, Window window) {
        long begun = 0; // the time of the first result
        long start = 0; // the time at which the measurement begins
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
