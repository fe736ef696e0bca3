package io.lstmstreams.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lstmstreams.metrics.StreamMetrics;
import java.util.ArrayDeque;
import java.util.Deque;

/** The counters of each second of the last five minutes. Safe for any number of threads. */
final class CounterHistory {
    private static final int POINTS = 300;

    // [milliseconds since the epoch, steps, anomalous sequences], the oldest first; guarded by this
    private final Deque<long[]> points = new ArrayDeque<>();

    synchronized void add(long time, StreamMetrics metrics) {
        points.addLast(new long[] {
            time, metrics.steps().sum(), metrics.anomalousSequences().sum()
        });
        if (points.size() > POINTS) {
            points.removeFirst();
        }
    }

    synchronized ArrayNode json() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (long[] point : points) {
            ArrayNode one = all.addArray();
            for (long value : point) {
                one.add(value);
            }
        }
        return all;
    }
}
