package io.lstmstreams.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lstmstreams.runtime.LstmApplication;
import java.util.List;
import java.util.function.Supplier;

/** The liveness and the readiness of the application. */
final class HealthRoutes {
    private static final int UNAVAILABLE = 503;

    private final Supplier<LstmApplication> application;

    /** @param application gives null while the application starts */
    HealthRoutes(Supplier<LstmApplication> application) {
        this.application = application;
    }

    List<Route> routes() {
        return List.of(Route.get("/health/live", request -> live()), Route.get("/health/ready", request -> ready()));
    }

    /**
     * Responds UP from the start until the application stops or a stream thread hangs. An application that restores its
     * states is UP, because a restart would not speed up the restoration.
     */
    private Response live() {
        LstmApplication running = application.get();
        if (running == null) {
            return up("UP");
        }
        if (running.hasStopped()) {
            return down("DOWN", "the stream has stopped");
        }
        return running.health().stalled().map(reason -> down("STALLED", reason)).orElseGet(() -> up("UP"));
    }

    private Response ready() {
        LstmApplication running = application.get();
        if (running == null) {
            return down("STARTING", "the application is starting");
        }
        if (!running.isRunning()) {
            return down(running.state(), "the stream is not running, or its states are not restored");
        }
        return running.health()
                .stalled()
                .map(reason -> down("STALLED", reason))
                .or(() -> running.health().behind().map(reason -> down("BEHIND", reason)))
                .orElseGet(() -> up("RUNNING"));
    }

    private static Response up(String status) {
        return Response.json(JsonNodeFactory.instance.objectNode().put("status", status));
    }

    private static Response down(String status, String reason) {
        return Response.json(JsonNodeFactory.instance
                        .objectNode()
                        .put("status", status)
                        .put("error", reason))
                .withStatus(UNAVAILABLE)
                .with("Retry-After", "1");
    }
}
