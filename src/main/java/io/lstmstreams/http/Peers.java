package io.lstmstreams.http;

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

/**
 * The other instances of the application, asked over HTTP as anybody would ask them, with the credentials that all instances share.
 * Whoever is asked by an instance asks no further one. Only so many requests wait for others at a time that some are always left to
 * answer what those want to know. Safe for any number of threads.
 */
final class Peers {
    /** In a request: it comes from an instance, which wants to know what this one has and no more. */
    static final String FROM_INSTANCE = "Lstm-From-Instance";

    /** In an answer to it: the partitions that were looked through. */
    static final String PARTITIONS = "Lstm-Partitions";

    /** How long a request waits for others, all in all. */
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration TO_CONNECT = Duration.ofSeconds(2);
    private static final int WAITING = 16;

    private final Semaphore waiting = new Semaphore(WAITING);
    private final String scheme;
    private final String credentials; // null for none
    private final HttpClient client;

    Peers(Access access) {
        this.scheme = access.scheme();
        this.credentials = access.user() == null ? null : basic(access.user() + ":" + access.password());
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(TO_CONNECT);
        this.client = (access.tls() == null ? builder : builder.sslContext(access.tls())).build();
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What is asked.
     *
     * @param path with its query, percent-encoded
     * @param body null for GET, else it is a POST
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Question(String path, byte[] body) {}

    /** What others say in the time that is left, each of them, in their order. */
    List<PeerAnswer> ask(List<Peer> others, Question question, long deadline) throws InterruptedException {
        if (others.isEmpty()) {
            return List.of();
        }
        if (!waiting.tryAcquire()) { // to wait for that would take the threads that are to be left
            throw RefusedException.unavailable("too many requests wait for other instances");
        }
        try {
            List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
            others.forEach(peer -> asked.add(send(peer, question)));
            List<PeerAnswer> answers = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                answers.add(await(others.get(i), asked.get(i), deadline));
            }
            return answers;
        } finally {
            waiting.release();
        }
    }

    private CompletableFuture<HttpResponse<byte[]>> send(Peer peer, Question question) {
        String host = Access.literal(peer.host());
        HttpRequest.Builder request = HttpRequest.newBuilder();
        try {
            request.uri(URI.create(scheme + "://" + host + ":" + peer.port() + question.path()));
        } catch (IllegalArgumentException e) { // such as a host with an underscore
            return CompletableFuture.failedFuture(e);
        }
        request.timeout(TIMEOUT).header(FROM_INSTANCE, "yes");
        if (credentials != null) {
            request.header("Authorization", credentials);
        }
        if (question.body() != null) {
            request.POST(BodyPublishers.ofByteArray(question.body()));
        }
        return client.sendAsync(request.build(), BodyHandlers.ofByteArray());
    }

    private static PeerAnswer await(Peer peer, CompletableFuture<HttpResponse<byte[]>> asked, long deadline)
            throws InterruptedException {
        try {
            HttpResponse<byte[]> answer = asked.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            String partitions = answer.headers().firstValue(PARTITIONS).orElse("");
            return new PeerAnswer(peer, answer.statusCode(), parse(partitions), answer.body());
        } catch (ExecutionException | TimeoutException e) {
            asked.cancel(true);
            return PeerAnswer.none(peer);
        }
    }

    /** As the header says it: numbers with commas between them. */
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
