package io.lstmstreams.demo;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** The number of records that the application has committed. Safe for any number of threads. */
final class Backlog implements AutoCloseable {
    private final Admin admin;
    private final String application;

    /** @param application the id of an application that reads one topic, from which no record has been removed */
    Backlog(String bootstrapServers, String application) {
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        this.application = application;
    }

    /** Returns the number of records that the application has processed and committed. */
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
            throw new IllegalStateException("the demo's progress cannot be read: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
