package io.lstmstreams.topology;

import io.lstmstreams.config.NotFiniteStates;
import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.output.SequenceStep;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.StoredHeader;
import io.lstmstreams.state.UnreadableStateException;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about a sequence from its stored bytes: its current state, and the result of an event that has
 * not arrived. Nothing is changed. Safe for any number of threads; each question has its own predictor and states.
 */
public final class SequenceQueries {
    private static final Set<Include> STATE_AND_GATES = EnumSet.of(Include.STATE, Include.GATES);
    private static final String NO_MODEL = "the numbers: the model of this state is not available now";
    private static final String NO_LAST_STEP =
            "the last event, its score and its gates: they are not stored, and this instance has not computed that step"
                    + " or has computed too many since; the sequence's next event makes them available";

    private final Models models;
    private final RecordReader<byte[]> reader;
    private final StepOptions options;
    private final LastSteps lastSteps;

    /** The latest steps of this instance, from which their results can be computed again. */
    public interface LastSteps {
        /**
         * Returns the step that led to a stored state, with a copy of the state before it.
         *
         * @param model the model that the state belongs to
         * @param id the bytes of the sequence id
         * @param stored the stored bytes of the state after the step
         * @return null if another instance computed the step, or this instance has computed too many steps since
         */
        @Nullable
        SequenceStep find(ModelVersion model, byte[] id, byte[] stored);
    }

    /** @param reader refuses unknown events, or replaces them by the unknown symbol */
    SequenceQueries(Models models, RecordReader<byte[]> reader, StepOptions options, LastSteps lastSteps) {
        this.models = models;
        this.reader = reader;
        this.options = options.batchSize(1);
        this.lastSteps = lastSteps;
    }

    /** Returns whether stored bytes are those of a live sequence, and not only the event ids of an ended one. */
    public static boolean exists(byte @Nullable [] stored) {
        return stored != null && !StateCodec.isEnded(stored);
    }

    /**
     * Returns the current state of a sequence as JSON: its last result with h, c and gates, its running verdict, and
     * a statement of what is missing.
     *
     * @param id the bytes of the sequence id
     * @param stored the stored bytes of its state
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    public byte[] currentState(byte[] id, byte[] stored) {
        StoredHeader header = StoredHeader.of(stored);
        TaskModel owner = new TaskModels(models, options).ownerOf(stored);
        String sequence = SequenceName.of(id);
        if (owner == null) {
            return anyWriter().write(withoutNumbers(sequence, header), header.verdict(), NO_MODEL);
        }
        ModelVersion version = owner.version();
        int topK = options.topK() > 0 ? options.topK() : OutputConfig.TOP_K_DEFAULT;
        Predictor predictor =
                new Predictor(version.model(), version.packed(), 1, topK, STATE_AND_GATES, version.name());
        SequenceStep last = lastSteps.find(version, id, stored);
        if (last == null) {
            SequenceState state = owner.zeroState();
            owner.codec().decode(stored, state);
            return version.json().write(predictor.current(sequence, state), header.verdict(), NO_LAST_STEP);
        }
        Prediction again = predictor.advance(sequence, last.time(), last.input(), last.state());
        return version.json().write(again, header.verdict(), null);
    }

    /** Returns a writer for a result without events. */
    private OutputJson anyWriter() {
        return models.active().values().iterator().next().json();
    }

    private static Prediction withoutNumbers(String sequence, StoredHeader header) {
        String model = header.model().id() == 0 ? null : header.model().name();
        return Prediction.withoutNumbers(sequence, header.steps(), header.lastEventTime(), model);
    }

    /**
     * Returns the result record that an event would have as its sequence's next one, as JSON.
     *
     * @param id the bytes of the sequence id
     * @param stored the stored bytes of its state; null if the event would start the sequence
     * @param value the value of a record without headers
     * @param time the record's timestamp, in milliseconds since the epoch
     * @throws BadEventException if the record would be refused, with the reason
     * @throws UnreadableStateException if the stored bytes are damaged or of a later version
     */
    public byte[] predict(byte[] id, byte @Nullable [] stored, byte[] value, long time) {
        SequenceEvent event = reader.read(new Record<>(id, value, time), id);
        if (event.event() == null) {
            throw new BadEventException("the value holds no event, only the end of a sequence");
        }
        StateLoader loader = new StateLoader(new TaskModels(models, options), new BusyStates(0), options.modelChange());
        LoadedState loaded = loader.load(Bytes.wrap(id), stored, event);
        if (StepReader.isRepeated(event, loaded)) {
            throw new BadEventException("the sequence has had an event with this id, so the record would be left out");
        }
        if (options.isLate(time, loaded.state())) {
            throw new BadEventException(
                    "the event is older than the latest event of its sequence, so it would be late");
        }
        TaskModel model = loaded.model();
        SparseInput input = reader.encode(event.event(), model.encoder()).input();
        Prediction prediction = model.predictor().advance(SequenceName.of(id), time, input, loaded.state());
        if (options.notFiniteStates() != NotFiniteStates.KEEP && !loaded.state().isFinite()) {
            throw BadEventException.makesStateNotFinite();
        }
        return model.version().json().write(prediction);
    }
}
