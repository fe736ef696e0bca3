package io.lstmstreams.benchmark.pipeline;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The measurements with one model, load and guarantee: a row for each variant. */
final class Table {
    private static final Map<String, String> REFERENCES = new LinkedHashMap<>();

    static {
        REFERENCES.put(Variant.PASS_RESULT, "/ pass through");
        REFERENCES.put(Variant.STATE, "/ state only");
        REFERENCES.put(Variant.STATE_CACHED, "/ state, cache on");
        REFERENCES.put(Variant.DO_IT_YOURSELF, "/ do it yourself");
    }

    private final String title;
    private final Map<String, Throughput> throughputs = new LinkedHashMap<>();
    private final Map<String, Latency> latencies = new LinkedHashMap<>();

    Table(String title) {
        this.title = title;
    }

    void put(Variant variant, Throughput throughput) {
        throughputs.put(variant.name(), throughput);
    }

    void put(Variant variant, Latency latency) {
        latencies.put(variant.name(), latency);
    }

    Throughput throughput(Variant variant) {
        return throughputs.get(variant.name());
    }

    /** Prints the table in Markdown. */
    void print() {
        System.out.println();
        System.out.println(title);
        System.out.println();
        System.out.print("| topology | records/s | us of the stream thread | with its clients |");
        REFERENCES.values().forEach(reference -> System.out.print(" " + reference + " |"));
        System.out.println(latencies.isEmpty() ? "" : " p50, p99, p99.9 ms | at records/s |");
        System.out.println("|---|---|---|---" + "|---".repeat(REFERENCES.size() + (latencies.isEmpty() ? 0 : 2)) + "|");
        throughputs.forEach(this::printRow);
    }

    private void printRow(String name, Throughput throughput) {
        StringBuilder row = new StringBuilder(String.format(
                Locale.ROOT,
                "| %s | %,.0f | %.1f | %.1f |",
                new Variant(name).title(),
                throughput.perSecond(),
                throughput.streamCpu(),
                throughput.cpu()));
        for (String reference : REFERENCES.keySet()) {
            Throughput other = throughputs.get(reference);
            row.append(
                    other == null
                            ? " |"
                            : String.format(Locale.ROOT, " %.2f |", throughput.perSecond() / other.perSecond()));
        }
        Latency latency = latencies.get(name);
        if (latency != null) {
            row.append(String.format(
                    Locale.ROOT,
                    " %.1f, %.1f, %.1f | %,.0f |",
                    latency.p50(),
                    latency.p99(),
                    latency.p999(),
                    latency.perSecond()));
        } else if (!latencies.isEmpty()) {
            row.append(" | |");
        }
        System.out.println(row);
    }
}
