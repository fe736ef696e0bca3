package io.lstmstreams.benchmark.pipeline;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram; // comes with Kafka's server
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The time from when an event was due until a read_committed consumer received its result, in milliseconds.
 *
 * @param perSecond the rate of events
 */
record Latency(double perSecond, double p50, double p99, double p999) {
    private static final int DIGITS = 3;

    /**
     * Reads the results of a load at a fixed rate.
     *
     * @param warmUp the nanoseconds from the first result until the measurement
     * @param measured the nanoseconds of the measurement
     */
    static Latency measure(ResultConsumer consumer, double perSecond, long warmUp, long measured) {
        Histogram histogram = new Histogram(TimeUnit.MINUTES.toNanos(10), DIGITS);
        long begun = 0;
        while (begun == 0 || System.nanoTime() - begun < warmUp + measured) {
            for (ConsumerRecord<byte[], byte[]> result : consumer.poll()) {
                long now = System.nanoTime();
                begun = begun == 0 ? now : begun;
                if (now - begun >= warmUp) {
                    byte[] sent =
                            result.headers().lastHeader(EventProducer.SENT).value();
                    histogram.recordValue(now - ByteBuffer.wrap(sent).getLong());
                }
            }
        }
        return new Latency(perSecond, ms(histogram, 50), ms(histogram, 99), ms(histogram, 99.9));
    }

    private static double ms(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
