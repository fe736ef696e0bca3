package io.lstmstreams.http;

import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.trace.SequenceHistory;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** The dashboard and its data. */
final class DashboardRoutes {
    private static final String FOLDER = "dashboard/";

    private final Supplier<LstmApplication> application;
    private final LiveFeed feed;

    /** @param application gives null while the application starts */
    DashboardRoutes(Supplier<LstmApplication> application, LiveFeed feed) {
        this.application = application;
        this.feed = feed;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/", request -> Response.resource(FOLDER, "index.html")),
                Route.get("/dashboard/{file}", request -> Response.resource(FOLDER, request.path("file"))),
                Route.get("/dashboard/data/live", request -> Response.events(feed::sendTo)),
                Route.get("/dashboard/data/way", this::history));
    }

    private Response history(Request request) throws IOException {
        String sequence = request.query("sequence");
        if (sequence == null || sequence.isEmpty()) {
            throw RefusedException.badRequest("the query must name a sequence: ?sequence=ID");
        }
        LstmApplication running = application.get();
        if (running == null) {
            throw RefusedException.unavailable("the application is starting");
        }
        long anomaly =
                request.number("anomaly", 0, Long.MIN_VALUE, Long.MAX_VALUE, "anomaly must be the number of a step");
        SequenceHistory history = running.trace().history(sequence, anomaly);
        if (history == null) {
            throw RefusedException.notFound(
                    "this instance has not recorded this sequence; it records it from the sequence's next event on");
        }
        return Response.json(HistoryJson.write(history));
    }
}
