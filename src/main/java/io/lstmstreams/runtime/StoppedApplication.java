package io.lstmstreams.runtime;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.StreamsConfig;

/** An application that must not run, because what it has in its hands would be changed behind its back. */
final class StoppedApplication {
    private final StreamsConfig kafka;
    private final String id;
    private final String client;

    /** @param client what brokers know the client by */
    StoppedApplication(StreamsConfig kafka, String client) {
        this.kafka = kafka;
        this.id = kafka.getString(StreamsConfig.APPLICATION_ID_CONFIG);
        this.client = client;
    }

    /**
     * Asks whether it is stopped.
     *
     * @throws ApplicationException if its group has members, or nobody can tell
     */
    void check() {
        int members;
        try (Admin admin = Admin.create(kafka.getAdminConfigs(client))) {
            members = members(admin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApplicationException("interrupted while looking at the group " + id, e);
        } catch (ExecutionException | KafkaException e) {
            throw new ApplicationException("whether " + id + " is stopped cannot be seen: " + Failures.innermost(e), e);
        }
        if (members > 0) {
            throw new ApplicationException(
                    id
                            + " runs, its group has members: stop all instances; one that died or is a static member is gone after"
                            + " session.timeout.ms",
                    null);
        }
    }

    private int members(Admin admin) throws InterruptedException, ExecutionException {
        try {
            return admin.describeConsumerGroups(List.of(id))
                    .all()
                    .get()
                    .get(id)
                    .members()
                    .size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return membersOfStreamsGroup(admin); // with group.protocol=streams it is of another kind
            }
            throw e;
        }
    }

    private int membersOfStreamsGroup(Admin admin) throws InterruptedException, ExecutionException {
        try {
            return admin.describeStreamsGroups(List.of(id))
                    .all()
                    .get()
                    .get(id)
                    .members()
                    .size();
        } catch (ExecutionException e) {
            // Brokers that have never heard of such groups have none.
            if (e.getCause() instanceof GroupIdNotFoundException
                    || e.getCause() instanceof UnsupportedVersionException) {
                return 0;
            }
            throw e;
        }
    }
}
