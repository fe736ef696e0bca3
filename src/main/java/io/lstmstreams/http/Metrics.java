package io.lstmstreams.http;

import io.lstmstreams.metrics.Histogram;
import io.lstmstreams.metrics.Reading;
import io.lstmstreams.runtime.LstmApplication;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of this application with the prefix {@code lstm_}, of Kafka with the prefix {@code kafka_}, and of the
 * JVM, in Prometheus' format. Safe for any number of threads.
 */
final class Metrics implements AutoCloseable {
    /** Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats. */
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String PREFIX = "lstm_";
    private static final long CACHED_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String INFO = "_info"; // a suffix that the registry adds

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Supplier<LstmApplication> application;
    private final ReentrantLock scraping = new ReentrantLock();
    private @Nullable Response scraped; // null before the first scrape; guarded by scraping
    private long scrapedAt; // guarded by scraping
    private @Nullable KafkaStreamsMetrics kafka; // null while the application starts; guarded by this

    /** @param application gives null while the application starts */
    Metrics(Supplier<LstmApplication> application) {
        this.application = application;
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("kafka.stream.lstm")); // duplicates of ours
        registry.getPrometheusRegistry().register(this::ours);
        gc.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Adds the metrics of Kafka Streams and its clients. */
    synchronized void serve(LstmApplication started) {
        kafka = new KafkaStreamsMetrics(started.streams());
        kafka.bindTo(registry);
    }

    /**
     * Returns all metrics. Requests within a second get the same response, because a scrape is the most expensive
     * request.
     */
    Response text() throws InterruptedException {
        scraping.lockInterruptibly(); // a scrape that hangs blocks its own thread only; later ones can be interrupted
        try {
            if (scraped == null || System.nanoTime() - scrapedAt > CACHED_NANOS) {
                scraped = Response.text(CONTENT_TYPE, registry.scrape(CONTENT_TYPE));
                scrapedAt = System.nanoTime();
            }
            return scraped;
        } finally {
            scraping.unlock();
        }
    }

    private MetricSnapshots ours() {
        LstmApplication running = application.get();
        if (running == null) {
            return new MetricSnapshots();
        }
        Map<String, List<Reading>> byName = running.readings().stream()
                .collect(Collectors.groupingBy(Reading::name, LinkedHashMap::new, Collectors.toList()));
        return new MetricSnapshots(Stream.concat(
                        byName.values().stream().map(Metrics::snapshot),
                        running.metrics().histograms().stream().map(Metrics::snapshot))
                .toList());
    }

    private static MetricSnapshot snapshot(List<Reading> readings) {
        Reading first = readings.get(0);
        String name = name(first.name());
        if (first.total()) {
            CounterSnapshot.Builder all = CounterSnapshot.builder().name(name).help(first.help());
            readings.forEach(reading -> all.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels(reading))
                    .value(reading.value().getAsDouble())
                    .build()));
            return all.build();
        }
        if (name.endsWith(INFO)) {
            InfoSnapshot.Builder all = InfoSnapshot.builder()
                    .name(name.substring(0, name.length() - INFO.length()))
                    .help(first.help());
            readings.forEach(reading -> all.dataPoint(
                    InfoDataPointSnapshot.builder().labels(labels(reading)).build()));
            return all.build();
        }
        GaugeSnapshot.Builder all = GaugeSnapshot.builder().name(name).help(first.help());
        readings.forEach(reading -> all.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels(reading))
                .value(reading.value().getAsDouble())
                .build()));
        return all.build();
    }

    private static MetricSnapshot snapshot(Histogram histogram) {
        Number[] counts = LongStream.of(histogram.counts()).boxed().toArray(Number[]::new);
        return HistogramSnapshot.builder()
                .name(name(histogram.name()))
                .help(histogram.help())
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(histogram.bounds(), counts))
                        .sum(histogram.sum())
                        .build())
                .build();
    }

    private static String name(String words) {
        return PREFIX + words.replace('-', '_');
    }

    private static Labels labels(Reading reading) {
        Labels.Builder labels = Labels.builder();
        reading.labels().forEach(labels::label);
        return labels.build();
    }

    @Override
    public synchronized void close() {
        if (kafka != null) {
            kafka.close();
        }
        gc.close();
        registry.close();
    }
}
