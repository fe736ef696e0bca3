package io.lstmstreams.load;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics of a run. */
public record Topics(String events, String results, String verdicts, String deadLetters) {
    /** The maximum size of a batch of the results' topic, less than that of the other topics. */
    static final int RESULT_BYTES = 200_000;

    public static Topics of(String application) {
        return new Topics("events", "results", "verdicts", application + "-dead-letters");
    }

    /**
     * Creates the topics. The input topic accepts timestamps that the others refuse.
     *
     * @param partitions the number of partitions of the input topic
     * @param outputPartitions the number of partitions of each topic that the application writes
     */
    public void create(String bootstrapServers, int partitions, int outputPartitions)
            throws InterruptedException, ExecutionException {
        List<NewTopic> topics = Stream.concat(
                        Stream.of(
                                topic(events, partitions)
                                        .configs(Map.of(
                                                "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE))),
                                topic(results, outputPartitions)
                                        .configs(Map.of("max.message.bytes", Integer.toString(RESULT_BYTES)))),
                        Stream.of(verdicts, deadLetters).map(name -> topic(name, outputPartitions)))
                .toList();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(topics).all().get();
        }
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty());
    }
}
