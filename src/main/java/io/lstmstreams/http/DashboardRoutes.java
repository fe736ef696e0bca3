package io.lstmstreams.http;

import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.trace.SequenceHistory;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** A page for people that shows the stream at work, and the data that it lives on. */
final class DashboardRoutes {
    private static final String FOLDER = "dashboard/";

    private final Supplier<LstmApplication> application;
    private final LiveFeed feed;

    /** @param application gives null while it starts */
    DashboardRoutes(Supplier<LstmApplication> application, LiveFeed feed) {
        this.application = application;
        this.feed = feed;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/", request -> Answer.resource(FOLDER, "index.html")),
                Route.get("/dashboard/{file}", request -> Answer.resource(FOLDER, request.path("file"))),
                Route.get("/dashboard/data/live", request -> Answer.events(feed::sendTo)),
                Route.get("/dashboard/data/way", this::way));
    }

    private Answer way(Request request) throws IOException {
        String sequence = request.query("sequence");
        if (sequence == null || sequence.isEmpty()) {
            throw RefusedException.badRequest("say which: ?sequence=ID");
        }
        LstmApplication running = application.get();
        if (running == null || running.trace() == null) {
            throw RefusedException.unavailable("the application starts");
        }
        long anomaly = request.number("anomaly", 0, Long.MIN_VALUE, Long.MAX_VALUE, "anomaly is the number of a step");
        SequenceHistory history = running.trace().history(sequence, anomaly);
        if (history == null) {
            throw RefusedException.notFound("no event of this sequence has come to this instance since somebody looked;"
                    + " it is followed from its next one on");
        }
        return Answer.json(HistoryJson.write(history));
    }
}
