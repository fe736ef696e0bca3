package io.lstmstreams.http;

import io.lstmstreams.config.HttpConfig.User;
import io.lstmstreams.runtime.StateQueries.Peer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A client of the application's other instances. It uses their public HTTP interface and the credentials that all
 * instances share. An instance that answers a peer asks no other instance. The number of requests that wait for
 * peers is bounded, so that some threads are always free to answer those peers. Safe for any number of threads.
 */
final class Peers {
    /** The request header of an instance that asks for this instance's own data only. */
    static final String FROM_INSTANCE = "Lstm-From-Instance";

    /** The response header with the partitions that were searched. */
    static final String PARTITIONS = "Lstm-Partitions";

    /** The time for which a request waits for all other instances together. */
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration TO_CONNECT = Duration.ofSeconds(2);
    private static final int WAITING = 16;

    private final Semaphore waiting = new Semaphore(WAITING);
    private final String scheme;
    private final @Nullable String credentials; // null without a user
    private final HttpClient client;

    Peers(Access access) {
        this.scheme = access.scheme();
        this.credentials = access.user() == null ? null : basic(access.user());
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(TO_CONNECT);
        this.client = (access.tls() == null ? builder : builder.sslContext(access.tls())).build();
    }

    private static String basic(User user) {
        String userAndPassword = user.name() + ":" + user.password();
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A request to other instances.
     *
     * @param path the path with its query, percent-encoded
     * @param body the body of a POST; null for a GET
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record PeerRequest(String path, byte @Nullable [] body) {}

    /**
     * Sends a request to other instances.
     *
     * @param deadline the time by {@link System#nanoTime} until which the responses may arrive
     * @return one response per instance, in the same order
     * @throws RefusedException if too many requests are waiting for other instances
     */
    List<PeerResponse> ask(List<Peer> others, PeerRequest request, long deadline) throws InterruptedException {
        if (others.isEmpty()) {
            return List.of();
        }
        if (!waiting.tryAcquire()) { // waiting here would use up the threads that answer peers
            throw RefusedException.unavailable("too many requests are waiting for other instances");
        }
        try {
            List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
            others.forEach(peer -> asked.add(send(peer, request)));
            List<PeerResponse> responses = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                responses.add(await(others.get(i), asked.get(i), deadline));
            }
            return responses;
        } finally {
            waiting.release();
        }
    }

    private CompletableFuture<HttpResponse<byte[]>> send(Peer peer, PeerRequest request) {
        String host = Access.literal(peer.host());
        HttpRequest.Builder builder = HttpRequest.newBuilder();
        try {
            builder.uri(URI.create(scheme + "://" + host + ":" + peer.port() + request.path()));
        } catch (IllegalArgumentException e) { // for example, a host with an underscore
            return CompletableFuture.failedFuture(e);
        }
        builder.timeout(TIMEOUT).header(FROM_INSTANCE, "yes");
        if (credentials != null) {
            builder.header("Authorization", credentials);
        }
        if (request.body() != null) {
            builder.POST(BodyPublishers.ofByteArray(request.body()));
        }
        return client.sendAsync(builder.build(), BodyHandlers.ofByteArray());
    }

    private static PeerResponse await(Peer peer, CompletableFuture<HttpResponse<byte[]>> asked, long deadline)
            throws InterruptedException {
        try {
            HttpResponse<byte[]> response = asked.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            String partitions = response.headers().firstValue(PARTITIONS).orElse("");
            return new PeerResponse(peer, response.statusCode(), parse(partitions), response.body());
        } catch (ExecutionException | TimeoutException e) {
            asked.cancel(true);
            return PeerResponse.none(peer);
        }
    }

    /** Formats partitions for the header: numbers separated by commas. */
    static String format(Set<Integer> partitions) {
        return String.join(
                ",", new TreeSet<>(partitions).stream().map(String::valueOf).toList());
    }

    private static Set<Integer> parse(String partitions) {
        Set<Integer> parsed = new TreeSet<>();
        for (String partition : partitions.split(",")) {
            if (partition.matches("[0-9]{1,9}")) {
                parsed.add(Integer.valueOf(partition));
            }
        }
        return parsed;
    }
}
