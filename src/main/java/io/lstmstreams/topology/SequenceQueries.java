package io.lstmstreams.topology;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.NotFiniteStates;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.StoredHeader;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.trace.LastStep;
import io.lstmstreams.trace.StepTrace;
import io.lstmstreams.trace.TracedModel;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What the stored state of a sequence says, and what an event would make of it: worked out beside the stream with its classes, from
 * the bytes that the stream has stored, none of which is changed. Safe for any number of threads; each question has models and
 * buffers of its own.
 */
public final class SequenceQueries {
    private static final Set<Include> INSIDE = EnumSet.of(Include.STATE, Include.GATES);
    private static final String NO_MODEL = "the numbers: the model of this state is not available now";
    private static final String NO_LAST =
            "the last event, its score and its gates: they are not stored, and this instance has not made that step or"
                    + " has made too many since; they are known from the sequence's next event on";

    private final Models models;
    private final RecordReader<byte[]> reader;
    private final StepOptions options;
    private final StepTrace trace;

    /**
     * @param reader that refuses unknown events, unless something stands for them
     * @param options those of the steps
     * @param trace of the steps
     */
    SequenceQueries(Models models, RecordReader<byte[]> reader, StepOptions options, StepTrace trace) {
        this.models = models;
        this.reader = reader;
        this.options = options;
        this.trace = trace;
    }

    /** Whether a sequence is there: it has a state, and not only the ids of the last events before its end. */
    public static boolean exists(byte[] stored) {
        return stored != null && !StateCodec.isEnded(stored);
    }

    /**
     * Where a sequence stands, as JSON: its last result with h, c and gates, its running verdict, and what is missing of that.
     *
     * @param id the sequence's
     * @param stored the bytes of its state
     * @throws UnreadableStateException if they are damaged or of a later version
     */
    public byte[] currentState(byte[] id, byte[] stored) {
        StoredHeader header = StoredHeader.of(stored);
        TaskModel owner = new TaskModels(models, 1, options).ownerOf(stored);
        String sequence = SequenceName.of(id);
        if (owner == null) {
            return models.active(options.modelName())
                    .version()
                    .json()
                    .write(numberless(sequence, header), header.verdict(), NO_MODEL);
        }
        ModelVersion version = owner.version();
        OutputJson json = version.json();
        int topK = options.topK() > 0 ? options.topK() : LstmStreamsConfig.OUTPUT_TOP_K_DEFAULT;
        Predictor predictor = new Predictor(version.model(), version.packed(), 1, topK, INSIDE, version.name());
        LastStep last = trace.lastStep(id, stored);
        if (last == null) {
            SequenceState state = owner.blank();
            owner.codec().decode(stored, state);
            return json.write(predictor.current(sequence, state), header.verdict(), NO_LAST);
        }
        SequenceState before = new TracedModel(version.model(), version.packed(), version.id()).state(last.before());
        return json.write(predictor.advance(sequence, last.time(), last.input(), before), header.verdict(), null);
    }

    private static Prediction numberless(String sequence, StoredHeader header) {
        String model = header.model().id() == 0 ? null : header.model().name();
        return Prediction.withoutNumbers(sequence, header.steps(), header.lastEventTime(), model);
    }

    /**
     * What would come out if a record came next, as JSON: the result record.
     *
     * @param id the sequence's
     * @param stored the bytes of its state; null if it has none, so that the record would be its first
     * @param value the record's; it has no headers
     * @param time the record's timestamp
     * @throws BadEventException if the record would be refused, with the reason
     * @throws UnreadableStateException if the stored bytes are damaged or of a later version
     */
    public byte[] predict(byte[] id, byte[] stored, byte[] value, long time) {
        SequenceEvent event = reader.read(new Record<>(id, value, time), id);
        if (event.event() == null) {
            throw new BadEventException("it holds no event, only the end of a sequence");
        }
        TaskModels taskModels = new TaskModels(models, 1, options);
        SequenceStates states = new SequenceStates(taskModels, new BusyStates(0), options.modelChange());
        LoadedState loaded = states.load(Bytes.wrap(id), stored, event);
        if (StepReader.isRepeated(event, loaded)) {
            throw new BadEventException("an event with this id has been there before, so it would be left out");
        }
        if (options.isLate(time, loaded.state())) {
            throw new BadEventException("it is older than the last event of its sequence, so it would be late");
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
