package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modeltopic.ModelTopicException;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.StoredHeader;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.statetopic.StateFile;
import io.lstmstreams.statetopic.StateLine;
import io.lstmstreams.statetopic.StateRecord;
import io.lstmstreams.statetopic.StateTopicException;
import io.lstmstreams.statetopic.StateWriter;
import io.lstmstreams.topology.LstmTopology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * The operators' work on the states of an application, by the changelog topic, which holds all of them. Reads return
 * committed states and are always possible. Writes require that the application is stopped. Not thread-safe.
 */
public final class StateAdministration {
    private static final String CLIENT = "state-administration";
    private static final Comparator<StateRecord> BY_ID =
            Comparator.comparing(StateRecord::key, Arrays::compareUnsigned).thenComparing(StateRecord::partition);

    private final StoppedApplication application;
    private final Changelog changelog;
    private final StateModels models;

    /**
     * Creates the administration of an application.
     *
     * @param shadow true for the states of the shadow model
     * @throws ConfigException if {@code shadow} is true and the configuration has no shadow model
     */
    public StateAdministration(LstmStreamsConfig config, boolean shadow) {
        if (shadow && config.models().shadow() == null) {
            throw new ConfigException(ModelConfig.SHADOW_MODEL_CONFIG + " is not set: there is no shadow model");
        }
        Logins.check(config.kafka());
        StreamsConfig kafka = new StreamsConfig(config.kafka());
        this.application = new StoppedApplication(kafka, CLIENT);
        this.changelog = new Changelog(
                kafka,
                shadow ? LstmTopology.SHADOW_STORE : LstmTopology.STORE,
                config.input().topic(),
                CLIENT);
        this.models = new StateModels(config, shadow, kafka.getGlobalConsumerConfigs(CLIENT));
    }

    /**
     * The state of a sequence.
     *
     * @param record the stored record
     * @param partitions the number of partitions of the topic
     * @param header the part of the record that can be read without the model
     * @param model the model that the state belongs to; null if it is not available
     * @param numbers the decoded state; null without the model, and for a sequence that has ended
     * @param missing the reason why the model is not available; null if it is available
     */
    public record Found(
            StateRecord record,
            int partitions,
            StoredHeader header,
            @Nullable Model model,
            @Nullable SequenceState numbers,
            @Nullable String missing) {}

    /**
     * A list of sequences.
     *
     * @param count the number of all sequences that were selected
     * @param first the first of them in the order of their ids
     */
    public record Listed(long count, List<StateRecord> first) {}

    /**
     * Returns the state of a sequence.
     *
     * @param sequence the sequence id as text, as in results
     * @throws StateTopicException if the sequence does not exist
     * @throws UnreadableStateException if the state is damaged or of a later version
     */
    public Found get(String sequence) {
        return changelog.read(states -> {
            StateRecord record = states.find(SequenceName.toId(sequence));
            if (record == null) {
                throw new StateTopicException("there is no sequence " + sequence, null);
            }
            return found(record, states.partitions());
        });
    }

    private Found found(StateRecord record, int partitions) {
        StoredHeader header = StoredHeader.of(record.value());
        Model model = null;
        String missing = null;
        try {
            model = models.find(header.model());
            missing = model == null ? "no model of the configuration has this fingerprint" : null;
        } catch (ModelFileException | ModelTopicException | KafkaException e) {
            missing = Failures.oneLine(e);
        }
        SequenceState numbers = null;
        if (model != null && !header.ended()) {
            numbers = new SequenceState(model.network());
            new StateCodec(model.network(), header.model().id()).decode(record.value(), numbers);
        }
        return new Found(record, partitions, header, model, numbers, missing);
    }

    /** Lists the sequences whose ids are selected, up to a limit. */
    public Listed list(Predicate<byte[]> selected, int limit) {
        TreeSet<StateRecord> first = new TreeSet<>(BY_ID);
        long[] count = {0};
        forEach(selected, line -> {
            count[0]++;
            first.add(line.record());
            if (first.size() > limit) {
                first.pollLast();
            }
        });
        return new Listed(count[0], new ArrayList<>(first));
    }

    /** Visits the states of the sequences whose ids are selected. */
    public void forEach(Predicate<byte[]> selected, Consumer<StateLine> visitor) {
        changelog.read(states -> {
            states.forEach(selected, record -> visitor.accept(new StateLine(record, states.partitions())));
            return states;
        });
    }

    /**
     * Replaces the states of sequences by those of a file. Either all states are replaced or, if a line is invalid,
     * none.
     *
     * @param progress called for each state
     * @return the number of states
     * @throws IllegalArgumentException if a line is not a state of this application; the message has the line number
     * @throws ApplicationException if the application is running
     */
    public long importFrom(Path file, Runnable progress) {
        application.check();
        int partitions = changelog.partitions(); // creates the topic if it does not exist
        StateFile.read(file, line -> line.partitionOf(partitions));
        return write(writer -> {
            StateFile.read(file, line -> {
                StateRecord record = line.record();
                writer.write(line.partitionOf(partitions), record.key(), record.value());
                progress.run();
            });
        });
    }

    /**
     * Deletes the states of sequences, which restart with their next events.
     *
     * @param selected returns true for the ids of these sequences
     * @param progress called for each state
     * @return the number of states
     * @throws ApplicationException if the application is running
     */
    public long reset(Predicate<byte[]> selected, Runnable progress) {
        application.check();
        return write(writer -> forEach(selected, line -> {
            writer.write(line.record().partition(), line.record().key(), null);
            progress.run();
        }));
    }

    private long write(Consumer<StateWriter> work) {
        try (StateWriter writer = changelog.writer()) {
            work.accept(writer);
            application.check(); // again, because it can have started during the work
            writer.commit();
            return writer.written();
        } catch (KafkaException e) {
            throw changelog.failure("written", e);
        }
    }
}
