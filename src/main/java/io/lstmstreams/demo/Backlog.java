package io.lstmstreams.demo;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** How much of what was sent the application has not committed yet. Safe for any number of threads. */
final class Backlog implements AutoCloseable {
    private final Admin admin;
    private final String application;

    /** @param application the id of the application, which reads one topic of which nothing was ever removed */
    Backlog(String bootstrapServers, String application) {
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        this.application = application;
    }

    /** Asks the broker how many records the application has read and committed. */
    long committed() {
        try {
            return admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata().get().values().stream()
                    .filter(Objects::nonNull)
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for the demo's progress", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the demo's progress is not known: " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
