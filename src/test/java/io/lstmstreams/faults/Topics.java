package io.lstmstreams.faults;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics of a run. */
record Topics(String events, String results, String verdicts, String deadLetters) {
    static final int PARTITIONS = 6;

    static Topics of(String application) {
        return new Topics("events", "results", "verdicts", application + "-dead-letters");
    }

    void create(String bootstrapServers) throws InterruptedException, ExecutionException {
        List<NewTopic> topics = Stream.of(events, results, verdicts, deadLetters)
                .map(name -> new NewTopic(name, Optional.of(PARTITIONS), Optional.empty()))
                .toList();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(topics).all().get();
        }
    }
}
