package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
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

/**
 * What operators do with the states of an application, by the changelog topic that has them all. Reading shows what is
 * committed, whether the application runs or not; writing is for one that is stopped. Not thread-safe.
 */
public final class StateAdministration {
    private static final String CLIENT = "state-administration";
    private static final Comparator<StateRecord> BY_ID =
            Comparator.comparing(StateRecord::key, Arrays::compareUnsigned).thenComparing(StateRecord::partition);

    private final StoppedApplication application;
    private final Changelog changelog;
    private final StateModels models;

    /**
     * For the application of a configuration.
     *
     * @param shadow whether it is about the states of the shadow's model
     * @throws ConfigException if it has no shadow then
     */
    public StateAdministration(LstmStreamsConfig config, boolean shadow) {
        if (shadow && config.shadowModel() == null) {
            throw new ConfigException(LstmStreamsConfig.SHADOW_MODEL_CONFIG + " is not set: there is no shadow");
        }
        Logins.check(config.kafka());
        StreamsConfig kafka = new StreamsConfig(config.kafka());
        this.application = new StoppedApplication(kafka, CLIENT);
        this.changelog = new Changelog(
                kafka, shadow ? LstmTopology.SHADOW_STORE : LstmTopology.STORE, config.inputTopic(), CLIENT);
        this.models = new StateModels(config, shadow, kafka.getGlobalConsumerConfigs(CLIENT));
    }

    /**
     * A sequence's state.
     *
     * @param record its bytes
     * @param partitions of the topic that has it
     * @param header what the bytes say without the model
     * @param model null if it is not available
     * @param numbers null without the model, and for a sequence that has ended
     * @param missing why there is no model; null if there is one
     */
    public record Found(
            StateRecord record,
            int partitions,
            StoredHeader header,
            Model model,
            SequenceState numbers,
            String missing) {}

    /**
     * The first sequences by their ids.
     *
     * @param count how many there are
     * @param first so many of them as were asked for
     */
    public record Listed(long count, List<StateRecord> first) {}

    /**
     * The state of one sequence.
     *
     * @param sequence its id as results write it
     * @throws StateTopicException if there is none
     * @throws UnreadableStateException if it is damaged or of a later version
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
        String missing;
        try {
            model = models.find(header.model());
            missing = model == null ? "no model that the configuration names has this fingerprint" : null;
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

    /** The sequences whose ids are wanted, of which as many are kept as the limit says. */
    public Listed list(Predicate<byte[]> wanted, int limit) {
        TreeSet<StateRecord> first = new TreeSet<>(BY_ID);
        long[] count = {0};
        forEach(wanted, line -> {
            count[0]++;
            first.add(line.record());
            if (first.size() > limit) {
                first.pollLast();
            }
        });
        return new Listed(count[0], new ArrayList<>(first));
    }

    /** Visits the states of the sequences whose ids are wanted. */
    public void forEach(Predicate<byte[]> wanted, Consumer<StateLine> visitor) {
        changelog.read(states -> {
            states.forEach(wanted, record -> visitor.accept(new StateLine(record, states.partitions())));
            return null;
        });
    }

    /**
     * Gives sequences the states of a file, in place of those that they have: all of them, or none if a line is wrong.
     *
     * @param progress told of each
     * @return how many they are
     * @throws IllegalArgumentException if a line is no state that fits, with its number
     * @throws ApplicationException if the application runs
     */
    public long importFrom(Path file, Runnable progress) {
        application.check();
        int partitions = changelog.partitions(); // without one nothing fits
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
     * Forgets sequences.
     *
     * @param wanted their ids
     * @param progress told of each
     * @return how many they were
     * @throws ApplicationException if the application runs
     */
    public long reset(Predicate<byte[]> wanted, Runnable progress) {
        application.check();
        return write(writer -> forEach(wanted, line -> {
            writer.write(line.record().partition(), line.record().key(), null);
            progress.run();
        }));
    }

    private long write(Consumer<StateWriter> work) {
        try (StateWriter writer = changelog.writer()) {
            work.accept(writer);
            application.check(); // the application may have been started meanwhile
            writer.commit();
            return writer.written();
        } catch (KafkaException e) {
            throw changelog.failure("written", e);
        }
    }
}
