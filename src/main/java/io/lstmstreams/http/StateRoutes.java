package io.lstmstreams.http;

import io.lstmstreams.http.Peers.PeerRequest;
import io.lstmstreams.runtime.LocalAnswer;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.runtime.QueryException;
import io.lstmstreams.runtime.StateQueries;
import io.lstmstreams.runtime.StateQueries.Peer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The current states of sequences, and predictions for a possible next event. If this instance does not have a
 * sequence, it asks the others. It reports that a sequence does not exist only after it has searched all partitions.
 */
final class StateRoutes {
    private final Supplier<LstmApplication> application;
    private final Peers peers;
    private final SequenceLists lists;

    /** @param application the running application; gives null while the application starts */
    StateRoutes(Supplier<LstmApplication> application, Peers peers) {
        this.application = application;
        this.peers = peers;
        this.lists = new SequenceLists(peers);
    }

    List<Route> routes() {
        return List.of(
                Route.get("/sequences", route(lists::list)),
                Route.get("/sequences/{id}", route(this::currentState)),
                Route.post("/predict/{id}", route(this::predict)),
                Route.get("/openapi.json", request -> Response.resource("", "openapi.json")));
    }

    private interface StateHandler {
        Response handle(Request request, StateQueries queries) throws Exception;
    }

    private Route.Handler route(StateHandler handler) {
        return request -> {
            LstmApplication running = application.get();
            if (running == null) {
                throw RefusedException.unavailable("the application is starting");
            }
            try {
                return handler.handle(request, running.queries());
            } catch (QueryException e) {
                String message = e.getMessage();
                throw switch (e.reason()) {
                    case BAD_RECORD -> RefusedException.badRequest(message);
                    case UNREADABLE -> new RefusedException(500, message);
                    case UNAVAILABLE -> RefusedException.unavailable(message);
                };
            }
        };
    }

    private Response currentState(Request request, StateQueries queries) throws InterruptedException {
        String sequence = request.path("id");
        Response found = find(
                request,
                queries,
                sequence,
                () -> queries.currentState(sequence),
                new PeerRequest("/sequences/" + encode(sequence), null));
        if (found == null) {
            throw RefusedException.notFound("this sequence does not exist, or it has ended");
        }
        return found;
    }

    private Response predict(Request request, StateQueries queries) throws Exception {
        String sequence = request.path("id");
        byte[] value = request.body();
        long time = request.number(
                "time",
                System.currentTimeMillis(),
                0,
                Long.MAX_VALUE,
                "time must be milliseconds since the epoch, at least 0");
        Response found = find(
                request,
                queries,
                sequence,
                () -> queries.predict(sequence, value, time),
                new PeerRequest("/predict/" + encode(sequence) + "?time=" + time, value));
        return found == null ? Response.json(queries.predictFirst(sequence, value, time)) : found;
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace(".", "%2E"); // no client may treat it as a relative path segment
    }

    /**
     * Asks this instance and then the others for a sequence.
     *
     * @return the response; null if the sequence does not exist
     */
    private @Nullable Response find(
            Request request,
            StateQueries queries,
            String sequence,
            Supplier<LocalAnswer<Optional<byte[]>>> here,
            PeerRequest toOthers)
            throws InterruptedException {
        LocalAnswer<Optional<byte[]>> own = here.get();
        if (own.found().isPresent()) {
            return Response.json(own.found().get());
        }
        if (request.has(Peers.FROM_INSTANCE)) {
            return Response.error(404, "this instance does not have the sequence")
                    .with(Peers.PARTITIONS, Peers.format(own.partitions()));
        }
        Coverage coverage = new Coverage(queries, own.partitions());
        if (!coverage.isComplete()) {
            long deadline = System.nanoTime() + Peers.TIMEOUT.toNanos();
            List<Peer> others = queries.others(sequence);
            int first = Math.min(1, others.size()); // the owner, unless the sender uses another partitioner
            for (List<Peer> some : List.of(others.subList(0, first), others.subList(first, others.size()))) {
                for (PeerResponse response : peers.ask(some, toOthers, deadline)) {
                    if (response.isUsable() && !response.isNotFound()) {
                        return Response.json(response.body()).withStatus(response.status());
                    }
                    coverage.add(response);
                }
            }
            coverage.check();
        }
        return null;
    }
}
