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
 * Shows our counts among those of Kafka Streams, and so to whatever reports these: JMX has them as
 * {@code kafka.streams:type=stream-lstm-metrics,client-id=...,store=...}. Nothing is counted twice: a sensor here asks for the
 * count when it is asked itself.
 */
final class StreamSensors {
    private static final String GROUP = "stream-lstm-metrics";
    private static final String CLIENT = "client-id";

    private StreamSensors() {}

    /**
     * Makes them known, once for all tasks of an application.
     *
     * @param store tells the processors of one topology apart
     */
    static void register(ProcessorContext<?, ?> context, String store, StreamMetrics metrics) {
        StreamsMetrics kafka = context.metrics();
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(CLIENT, client(kafka, context.applicationId()));
        tags.put("store", store);
        Sensor sensor = kafka.addSensor(GROUP + "." + store, Sensor.RecordingLevel.INFO); // the same for each task
        for (Reading reading : metrics.readings()) {
            Map<String, String> labelled = new LinkedHashMap<>(tags);
            labelled.putAll(reading.labels());
            String name = reading.total() ? reading.name() + "-total" : reading.name();
            sensor.add(new MetricName(name, GROUP, reading.help(), labelled), new Asked(reading.value()));
        }
        for (Histogram histogram : metrics.histograms()) {
            sensor.add(
                    new MetricName(histogram.name() + "-count", GROUP, histogram.help(), tags),
                    new Asked(histogram::count));
            sensor.add(
                    new MetricName(histogram.name() + "-sum", GROUP, histogram.help(), tags),
                    new Asked(histogram::sum));
        }
    }

    private static String client(StreamsMetrics kafka, String otherwise) {
        return kafka.metrics().keySet().stream()
                .filter(name -> name.group().equals("stream-metrics"))
                .map(name -> name.tags().get(CLIENT))
                .findFirst()
                .orElse(otherwise);
    }

    /** A number that is not recorded here but read elsewhere. */
    private record Asked(DoubleSupplier value) implements MeasurableStat {
        @Override
        public double measure(MetricConfig config, long now) {
            return value.getAsDouble();
        }

        @Override
        public void record(MetricConfig config, double recorded, long now) {}
    }
}
