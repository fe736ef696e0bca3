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

/** What an instance is like now, beside what it has done. Safe for any number of threads. */
final class Gauges {
    /** RocksDB's files, and what was written and is not in one yet; Kafka's names for its properties. */
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

    List<Reading> readings() {
        List<Reading> all = new ArrayList<>(List.of(
                Reading.gauge("stream-running", "1 while it steps and all states are there, else 0", this::running),
                Reading.gauge("state-bytes", "What the states take in RocksDB, standby copies too", this::stateBytes),
                Reading.gauge(
                        "restore-records-remaining",
                        "Offsets of changelogs still to be read before it steps",
                        restoration::remaining)));
        models.active().forEach((name, version) -> all.add(modelInfo(name, version)));
        return all;
    }

    private Reading modelInfo(String name, ModelVersion version) {
        Network network = version.model().network();
        Map<String, String> labels = Map.of(
                "name", Objects.requireNonNullElse(name, network.name()),
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
