package io.lstmstreams.spring;

import io.lstmstreams.metrics.Histogram;
import io.lstmstreams.metrics.Reading;
import io.lstmstreams.metrics.StreamMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;

/** The counters of the steps as meters of Micrometer, with the prefix {@code lstm}. */
final class StreamMeters implements MeterBinder {
    private final StreamMetrics metrics;

    StreamMeters(StreamMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        metrics.readings().forEach(reading -> bind(reading, metrics, registry));
        metrics.histograms().forEach(histogram -> bind(histogram, registry));
    }

    /** @param owner the object that the registry refers to weakly; the counter ends with it */
    private static void bind(Reading reading, StreamMetrics owner, MeterRegistry registry) {
        List<Tag> tags = reading.labels().entrySet().stream()
                .map(label -> Tag.of(label.getKey(), label.getValue()))
                .toList();
        if (reading.total()) {
            FunctionCounter.builder(
                            name(reading.name()), owner, any -> reading.value().getAsDouble())
                    .description(reading.help())
                    .tags(tags)
                    .register(registry);
        } else {
            Gauge.builder(name(reading.name()), reading, gauge -> gauge.value().getAsDouble())
                    .description(reading.help())
                    .tags(tags)
                    .strongReference(true)
                    .register(registry);
        }
    }

    /** Binds the number and the sum of the values. Micrometer does not accept buckets that are counted already. */
    private static void bind(Histogram histogram, MeterRegistry registry) {
        Meter.builder(
                        name(histogram.name()),
                        Meter.Type.DISTRIBUTION_SUMMARY,
                        List.of(
                                new Measurement(() -> (double) histogram.count(), Statistic.COUNT),
                                new Measurement(histogram::sum, Statistic.TOTAL)))
                .description(histogram.help())
                .register(registry);
    }

    private static String name(String words) {
        return "lstm." + words.replace('-', '.');
    }
}
