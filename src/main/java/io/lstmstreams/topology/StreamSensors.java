package io.lstmstreams.topology;

import io.lstmstreams.metrics.Histogram;
import io.lstmstreams.metrics.Reading;
import io.lstmstreams.metrics.StreamMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.MeasurableStat;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Adds the counters to the metrics of Kafka Streams, and so to each of its reporters. In JMX their name is
 * {@code kafka.streams:type=stream-lstm-metrics,client-id=...,store=...}. Nothing is counted twice: a sensor reads a
 * counter when the sensor is read itself.
 */
final class StreamSensors {
    private static final String GROUP = "stream-lstm-metrics";
    private static final String CLIENT = "client-id";

    private StreamSensors() {}

    /**
     * Registers the counters, once for all tasks of an application.
     *
     * @param store the store name of the processor, unique in a topology
     */
    static void register(ProcessorContext<?, ?> context, String store, StreamMetrics metrics) {
        StreamsMetrics kafka = context.metrics();
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(CLIENT, client(kafka, context.applicationId()));
        tags.put("store", store);
        // The same sensor for each task.
        Sensor sensor = kafka.addSensor(GROUP + "." + store, Sensor.RecordingLevel.INFO);
        for (Reading reading : metrics.readings()) {
            Map<String, String> labelled = new LinkedHashMap<>(tags);
            labelled.putAll(reading.labels());
            String name = reading.total() ? reading.name() + "-total" : reading.name();
            sensor.add(new MetricName(name, GROUP, reading.help(), labelled), new Gauge(reading.value()));
        }
        for (Histogram histogram : metrics.histograms()) {
            sensor.add(
                    new MetricName(histogram.name() + "-count", GROUP, histogram.help(), tags),
                    new Gauge(histogram::count));
            sensor.add(
                    new MetricName(histogram.name() + "-sum", GROUP, histogram.help(), tags),
                    new Gauge(histogram::sum));
        }
    }

    private static String client(StreamsMetrics kafka, String defaultName) {
        return kafka.metrics().keySet().stream()
                .filter(name -> name.group().equals("stream-metrics"))
                .map(name -> name.tags().get(CLIENT))
                .findFirst()
                .orElse(defaultName);
    }

    /** A statistic that reads a number from elsewhere and records nothing. */
    private record Gauge(DoubleSupplier value) implements MeasurableStat {
        @Override
        public double measure(MetricConfig config, long now) {
            return value.getAsDouble();
        }

        @Override
        public void record(MetricConfig config, double recorded, long now) {}
    }
}
