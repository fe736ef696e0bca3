package io.lstmstreams.soak;

import io.lstmstreams.soak.SoakSettings.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Clients that send HTTP requests to the application almost without a pause. Safe for any number of threads. */
final class Clients implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int PAUSE_MS = 20;
    private static final int EXAMPLES = 5;
    private static final int UNAVAILABLE = 503; // a request that was not answered in time

    /** The maximum share of requests that are not answered in time. */
    private static final double REFUSED = 0.01;

    private final String address;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Integer> answers = new TreeMap<>(); // the number of answers by request and status
    private final Map<String, Long> longest =
            new TreeMap<>(); // the longest time to an answer in milliseconds, by request
    private final List<String> complaints = new ArrayList<>();
    private volatile boolean closed;

    private Clients(String address) {
        this.address = address;
    }

    /** Starts the clients: two for lists, two for sequences, one for each of the others. */
    static Clients start(SoakSettings settings, int port) {
        Clients clients = new Clients("http://127.0.0.1:" + port);
        if (settings.has(Part.LISTS)) {
            clients.ask("/sequences", Set.of(200, UNAVAILABLE), () -> "?limit=100");
            clients.ask("/sequences", Set.of(200, UNAVAILABLE), () -> "");
        }
        if (settings.has(Part.HTTP)) {
            for (int i = 0; i < 2; i++) {
                clients.ask(
                        "/sequences/",
                        Set.of(200, 404, UNAVAILABLE),
                        () -> "sequence-" + ThreadLocalRandom.current().nextInt(2_000));
            }
            clients.ask("/metrics", Set.of(200, UNAVAILABLE), () -> "");
            clients.ask("/health/ready", Set.of(200, UNAVAILABLE), () -> "");
            clients.ask("/health/live", Set.of(200), () -> "");
        }
        clients.threads.forEach(Thread::start);
        return clients;
    }

    private void ask(String path, Set<Integer> good, Supplier<String> rest) {
        Thread thread = new Thread(() -> ask(path, rest, good), "client of " + path);
        thread.setDaemon(true);
        threads.add(thread);
    }

    private void ask(String path, Supplier<String> rest, Set<Integer> good) {
        while (!closed) {
            long begun = System.nanoTime();
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(address + path + rest.get()))
                        .timeout(TIMEOUT)
                        .build();
                int status = http.send(request, BodyHandlers.discarding()).statusCode();
                count(path, Integer.toString(status), begun, good.contains(status));
                Thread.sleep(PAUSE_MS);
            } catch (IOException e) {
                count(path, e.getClass().getSimpleName(), begun, closed);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void count(String path, String answer, long begun, boolean good) {
        long millis = (System.nanoTime() - begun) / 1_000_000;
        longest.merge(path, millis, Math::max);
        if (answers.merge(path + " " + answer, 1, Integer::sum) <= EXAMPLES && !good) {
            complaints.add("GET " + path + " was answered with " + answer + " after " + millis + " ms");
        }
    }

    /**
     * Returns the answers that should not have been.
     *
     * @param keepsUp whether the application had enough of the machine, so that it must have answered in time
     */
    synchronized List<String> complaints(boolean keepsUp) {
        List<String> all = new ArrayList<>(complaints);
        for (String path : longest.keySet()) {
            int refused = answers.getOrDefault(path + " " + UNAVAILABLE, 0);
            int asked = answers.entrySet().stream()
                    .filter(answer -> answer.getKey().startsWith(path + " "))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
            if (keepsUp && refused > REFUSED * asked) {
                all.add("GET " + path + " was answered with " + UNAVAILABLE + " in " + refused + " of " + asked
                        + " cases");
            }
        }
        return all;
    }

    /** Returns the numbers of answers and the longest times to one, for people. */
    synchronized String summary() {
        return "answers " + answers + ", longest in ms " + longest;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
