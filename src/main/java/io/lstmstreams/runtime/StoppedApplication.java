package io.lstmstreams.runtime;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.StreamsConfig;

/** An application that must be stopped, because its topics are about to be changed. */
final class StoppedApplication {
    private final StreamsConfig kafka;
    private final String id;
    private final String client;

    /** @param client the client id for brokers */
    StoppedApplication(StreamsConfig kafka, String client) {
        this.kafka = kafka;
        this.id = kafka.getString(StreamsConfig.APPLICATION_ID_CONFIG);
        this.client = client;
    }

    /**
     * Checks that the application is stopped.
     *
     * @throws ApplicationException if its group has members, or its members cannot be read
     */
    void check() {
        Brokers.await(kafka.getAdminConfigs(client));
        int members;
        try (Admin admin = Admin.create(kafka.getAdminConfigs(client))) {
            members = members(admin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApplicationException("interrupted while the members of group " + id + " were read", e);
        } catch (ExecutionException | KafkaException e) {
            throw new ApplicationException(
                    "the members of group " + id + " cannot be read: " + Failures.innermost(e), e);
        }
        if (members > 0) {
            throw new ApplicationException(
                    id + " is running: its group has members. Stop all instances; an instance that died, or a static"
                            + " member, leaves the group after session.timeout.ms");
        }
    }

    private int members(Admin admin) throws InterruptedException, ExecutionException {
        try {
            return admin.describeConsumerGroups(List.of(id)).all().get().values().stream()
                    .mapToInt(group -> group.members().size())
                    .sum();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return membersOfStreamsGroup(admin); // group.protocol=streams has groups of another kind
            }
            throw e;
        }
    }

    private int membersOfStreamsGroup(Admin admin) throws InterruptedException, ExecutionException {
        try {
            return admin.describeStreamsGroups(List.of(id)).all().get().values().stream()
                    .mapToInt(group -> group.members().size())
                    .sum();
        } catch (ExecutionException e) {
            // Brokers that do not know such groups have none.
            if (e.getCause() instanceof GroupIdNotFoundException
                    || e.getCause() instanceof UnsupportedVersionException) {
                return 0;
            }
            throw e;
        }
    }
}
