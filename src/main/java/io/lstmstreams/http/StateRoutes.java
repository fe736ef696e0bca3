package io.lstmstreams.http;

import io.lstmstreams.http.Peers.Question;
import io.lstmstreams.runtime.Looked;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.runtime.QueryException;
import io.lstmstreams.runtime.StateQueries;
import io.lstmstreams.runtime.StateQueries.Peer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * The current states of sequences, and predictions for a possible next event. If this instance does not have a
 * sequence, it asks the others. It answers that a sequence does not exist only after all partitions were searched.
 */
final class StateRoutes {
    private final Supplier<LstmApplication> application;
    private final Peers peers;
    private final SequenceLists lists;

    /** @param application gives null while the application starts */
    StateRoutes(Supplier<LstmApplication> application, Peers peers) {
        this.application = application;
        this.peers = peers;
        this.lists = new SequenceLists(peers);
    }

    List<Route> routes() {
        return List.of(
                Route.get("/sequences", answer(lists::list)),
                Route.get("/sequences/{id}", answer(this::currentState)),
                Route.post("/predict/{id}", answer(this::predict)),
                Route.get("/openapi.json", request -> Answer.resource("", "openapi.json")));
    }

    private interface Questions {
        Answer answer(Request request, StateQueries queries) throws Exception;
    }

    private Route.Handler answer(Questions questions) {
        return request -> {
            LstmApplication running = application.get();
            if (running == null || running.queries() == null) {
                throw RefusedException.unavailable("the application is starting");
            }
            try {
                return questions.answer(request, running.queries());
            } catch (QueryException e) {
                throw switch (e.reason()) {
                    case BAD_RECORD -> RefusedException.badRequest(e.getMessage());
                    case UNREADABLE -> new RefusedException(500, e.getMessage());
                    case UNAVAILABLE -> RefusedException.unavailable(e.getMessage());
                };
            }
        };
    }

    private Answer currentState(Request request, StateQueries queries) throws InterruptedException {
        String sequence = request.path("id");
        Answer found = find(
                request,
                queries,
                sequence,
                () -> queries.currentState(sequence),
                new Question("/sequences/" + encode(sequence), null));
        if (found == null) {
            throw RefusedException.notFound("this sequence does not exist, or it has ended");
        }
        return found;
    }

    private Answer predict(Request request, StateQueries queries) throws Exception {
        String sequence = request.path("id");
        byte[] value = request.body();
        long time = request.number(
                "time",
                System.currentTimeMillis(),
                0,
                Long.MAX_VALUE,
                "time must be milliseconds since the epoch, at least 0");
        Answer found = find(
                request,
                queries,
                sequence,
                () -> queries.predict(sequence, value, time),
                new Question("/predict/" + encode(sequence) + "?time=" + time, value));
        return found == null ? Answer.json(queries.predictFirst(sequence, value, time)) : found;
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace(".", "%2E"); // no client may treat it as a relative path segment
    }

    /**
     * Asks this instance and then the others for a sequence.
     *
     * @return the answer, or null if the sequence does not exist
     */
    private Answer find(
            Request request, StateQueries queries, String sequence, Supplier<Looked<byte[]>> here, Question elsewhere)
            throws InterruptedException {
        Looked<byte[]> own = here.get();
        if (own.found() != null) {
            return Answer.json(own.found());
        }
        if (request.has(Peers.FROM_INSTANCE)) {
            return Answer.error(404, "this instance does not have the sequence")
                    .with(Peers.PARTITIONS, Peers.format(own.partitions()));
        }
        Coverage coverage = new Coverage(queries, own.partitions());
        if (!coverage.isComplete()) {
            long deadline = System.nanoTime() + Peers.TIMEOUT.toNanos();
            List<Peer> others = queries.others(sequence);
            int first = Math.min(1, others.size()); // the owner, unless the sender uses another partitioner
            for (List<Peer> some : List.of(others.subList(0, first), others.subList(first, others.size()))) {
                for (PeerAnswer answer : peers.ask(some, elsewhere, deadline)) {
                    if (answer.isUsable() && !answer.isNotFound()) {
                        return Answer.json(answer.body()).withStatus(answer.status());
                    }
                    coverage.add(answer);
                }
            }
            coverage.check();
        }
        return null;
    }
}
