package io.lstmstreams.runtime;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.metrics.Reading;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.topology.LstmTopology;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.Models;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.Metric;
import org.apache.kafka.streams.KafkaStreams;

/** The gauges of an instance, which are readings of its present condition. Safe for any number of threads. */
final class Gauges {
    /** Kafka's names of the sizes of RocksDB's files and of its write buffers. */
    private static final Set<String> STATE_BYTES = Set.of("live-sst-files-size", "size-all-mem-tables");

    private static final String STORE_TAG = "rocksdb-state-id";
    private static final int FINGERPRINT_DIGITS = 16;

    private final KafkaStreams streams;
    private final Restoration restoration;
    private final Models models;
    private final Kernel kernel;

    Gauges(KafkaStreams streams, Restoration restoration, Models models, Kernel kernel) {
        this.streams = streams;
        this.restoration = restoration;
        this.models = models;
        this.kernel = kernel;
    }

    /** Returns the gauges. */
    List<Reading> readings() {
        List<Reading> all = new ArrayList<>(List.of(
                Reading.gauge(
                        "stream-running",
                        "1 while records are processed and all states are restored, else 0",
                        this::running),
                Reading.gauge(
                        "state-bytes", "Bytes of the states in RocksDB, standby copies included", this::stateBytes),
                Reading.gauge(
                        "restore-records-remaining",
                        "Offsets of changelogs still to be read before records are processed",
                        restoration::remaining)));
        models.active().forEach((name, version) -> all.add(modelInfo(name, version)));
        return all;
    }

    private Reading modelInfo(String name, ModelVersion version) {
        Network network = version.model().network();
        Map<String, String> labels = Map.of(
                "name", name,
                "model", Objects.requireNonNullElse(version.name(), ""),
                "fingerprint", network.fingerprintHex().substring(0, FINGERPRINT_DIGITS),
                "kernel", kernel.name());
        return new Reading("model-info", "The models that take new sequences", labels, false, () -> 1);
    }

    private double running() {
        return streams.state() == KafkaStreams.State.RUNNING ? 1 : 0;
    }

    private double stateBytes() {
        double sum = 0;
        for (Metric metric : streams.metrics().values()) {
            boolean counts = STATE_BYTES.contains(metric.metricName().name())
                    && LstmTopology.STORE.equals(metric.metricName().tags().get(STORE_TAG))
                    && metric.metricValue() instanceof Number;
            sum += counts ? ((Number) metric.metricValue()).doubleValue() : 0;
        }
        return sum;
    }
}
