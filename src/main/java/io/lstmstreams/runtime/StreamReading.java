package io.lstmstreams.runtime;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * A reading of the metrics of Kafka Streams, for the health of a stream. Immutable.
 *
 * @param polls the completed poll loops of each stream thread, by the thread's name
 * @param lags the records behind the end of each partition that the stream threads read, by topic and partition
 * @param consumed the number of records that the stream threads have received
 */
record StreamReading(Map<String, Double> polls, Map<String, Double> lags, double consumed) {
    private static final String THREADS = "stream-thread-metrics";
    private static final String FETCHES = "consumer-fetch-manager-metrics";
    private static final String CONSUMER = "-consumer"; // follows the thread's name in the main consumer's client id

    StreamReading {
        polls = Map.copyOf(polls);
        lags = Map.copyOf(lags);
    }

    /** Reads a snapshot of {@link org.apache.kafka.streams.KafkaStreams#metrics}. */
    static StreamReading of(Map<MetricName, ? extends Metric> metrics) {
        Map<String, Double> polls = new HashMap<>();
        metrics.forEach((name, metric) -> {
            if (name.group().equals(THREADS) && name.name().equals("poll-total")) {
                polls.put(name.tags().get("thread-id"), value(metric));
            }
        });
        Map<String, Double> lags = new HashMap<>();
        double consumed = 0;
        for (Map.Entry<MetricName, ? extends Metric> entry : metrics.entrySet()) {
            MetricName name = entry.getKey();
            if (!name.group().equals(FETCHES) || !isOfThread(name, polls)) {
                continue; // for example a consumer that restores states
            }
            String topic = name.tags().get("topic");
            if (topic == null && name.name().equals("records-consumed-total")) {
                consumed += value(entry.getValue());
            } else if (topic != null && name.name().equals("records-lag")) {
                // Kafka reports a topic with a dot twice, once with an underscore.
                String partition = topic.replace('.', '_') + "-" + name.tags().get("partition");
                lags.merge(partition, value(entry.getValue()), Math::max);
            }
        }
        return new StreamReading(polls, lags, consumed);
    }

    private static boolean isOfThread(MetricName name, Map<String, Double> polls) {
        String client = name.tags().getOrDefault("client-id", "");
        return client.endsWith(CONSUMER) && polls.containsKey(client.substring(0, client.length() - CONSUMER.length()));
    }

    private static double value(Metric metric) {
        double value = metric.metricValue() instanceof Number number ? number.doubleValue() : 0;
        return Double.isNaN(value) ? 0 : value;
    }

    /** Returns the number of records behind the ends of all partitions. */
    double lag() {
        return lags.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
