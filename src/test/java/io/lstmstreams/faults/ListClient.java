package io.lstmstreams.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A client that requests lists of sequences from the instances all the time, whether they are dead or alive. One thread
 * runs it.
 */
final class ListClient implements Runnable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int PAUSE_MS = 50;

    private final List<Integer> ports;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final AtomicLong lists = new AtomicLong();

    /**
     * Creates a client.
     *
     * @param ports the instances' HTTP ports
     */
    ListClient(List<Integer> ports) {
        this.ports = ports;
    }

    @Override
    public void run() {
        try {
            for (int number = 0; ; number++) {
                ask(ports.get(number % ports.size()));
                Thread.sleep(PAUSE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(int port) throws InterruptedException {
        URI list = URI.create("http://127.0.0.1:" + port + "/sequences");
        try {
            HttpRequest request = HttpRequest.newBuilder(list).timeout(TIMEOUT).build();
            if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                lists.incrementAndGet();
            }
        } catch (IOException e) {
            // the instance is dead or stopped: the next one is asked
        }
    }

    /** Returns the health that an instance reports. */
    String health(int port) {
        return Stream.of("/health/live", "/health/ready")
                .map(path -> HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(TIMEOUT)
                        .build())
                .map(request -> http.sendAsync(request, BodyHandlers.ofString())
                        .thenApply(answer ->
                                answer.statusCode() + " " + answer.body().strip())
                        .exceptionally(Throwable::toString)
                        .join())
                .collect(Collectors.joining(", "));
    }

    /** Returns the number of lists that were answered. */
    long lists() {
        return lists.get();
    }
}
