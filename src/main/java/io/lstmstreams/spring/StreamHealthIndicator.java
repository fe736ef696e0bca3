package io.lstmstreams.spring;

import io.lstmstreams.runtime.StreamHealth;
import io.lstmstreams.spring.StreamClients.Client;
import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams.State;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * The health of the streams. UP: records are processed. OUT_OF_SERVICE: the stream starts, restores its states or is
 * behind, and a restart would not help. DOWN: the stream has stopped, or a stream thread is stalled.
 */
final class StreamHealthIndicator implements HealthIndicator {
    private final StreamClients clients;

    StreamHealthIndicator(StreamClients clients) {
        this.clients = clients;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        if (clients.running().isEmpty()) {
            return health.outOfService()
                    .withDetail("reason", "no stream is started")
                    .build();
        }
        boolean isDown = false;
        for (var entry : clients.running().entrySet()) {
            State state = entry.getValue().streams().state();
            Status status = status(state, entry.getValue());
            health.withDetail(entry.getKey(), reason(state, entry.getValue().health()));
            isDown |= status.equals(Status.DOWN);
            if (!status.equals(Status.UP)) {
                health.status(isDown ? Status.DOWN : status);
            }
        }
        return health.build();
    }

    private static Status status(State state, Client client) {
        boolean isAlive = state.hasNotStarted() || state == State.RUNNING || state == State.REBALANCING;
        if (!isAlive || client.health().stalled().isPresent()) {
            return Status.DOWN;
        }
        return state == State.RUNNING && client.health().behind().isEmpty() ? Status.UP : Status.OUT_OF_SERVICE;
    }

    private static String reason(State state, StreamHealth health) {
        Optional<String> reason = health.stalled().or(health::behind);
        return reason.map(text -> state + ", " + text).orElse(state.name());
    }
}
