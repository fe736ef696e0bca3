package io.lstmstreams.replay;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.event.RecordLine;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.UnknownEventException;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A replay of one file: advances its sequences in the order of the file. Skips and counts bad events. Not thread-safe;
 * an instance replays one file.
 */
public final class Replay {
    private final InputEncoder encoder;
    private final Predictor predictor;
    private final Model model;
    private final Consumer<SequenceOutput> outputs;
    private final Map<String, SequenceState> live = new HashMap<>();
    private final JsonEventDecoder decoder = new JsonEventDecoder(JsonEventDecoder.DEFAULT_POINTER);
    private final Summary summary = new Summary();
    private final SequenceState before; // the state before the current step, unless the network runs windows

    /**
     * Creates a replay.
     *
     * @param model the model
     * @param kernel the kernel that computes the steps
     * @param topK the number of next events in a result
     * @param include the optional parts of a result
     * @param outputs the receiver of each result and verdict
     */
    public Replay(Model model, Kernel kernel, int topK, Set<Include> include, Consumer<SequenceOutput> outputs) {
        this.model = model;
        this.encoder = new InputEncoder(model);
        this.predictor = new Predictor(model, PackedNetwork.of(model.network(), kernel), topK, include);
        this.outputs = outputs;
        this.before = new SequenceState(model.network());
    }

    /**
     * Replays a file of one sequence on each line, its events separated by blanks. The line number, from 1, is the id.
     */
    public Summary sessions(LineReader in) throws IOException {
        for (String line = nextLine(in); line != null; line = nextLine(in)) {
            String sequence = Long.toString(in.number());
            StringTokenizer events = new StringTokenizer(line);
            while (events.hasMoreTokens()) {
                take(sequence, new Event.Symbol(events.nextToken()));
            }
            end(sequence);
        }
        return summary;
    }

    /**
     * Replays a file of one JSON record on each line, in the order of arrival. A record has {@code sequence}, and
     * {@code event} or {@code end} or both; {@code time} is optional.
     */
    public Summary jsonLines(LineReader in) throws IOException {
        for (String line = nextLine(in); line != null; line = nextLine(in)) {
            if (!line.isBlank()) {
                takeJson(line);
            }
        }
        summary.live(live.size());
        return summary;
    }

    /** Returns the next line that can be read; null after the last line. */
    private @Nullable String nextLine(LineReader in) throws IOException {
        while (true) {
            try {
                String line = in.next();
                summary.lines(in.number());
                return line;
            } catch (BadEventException e) {
                summary.lines(in.number());
                summary.refused(e.getMessage());
            }
        }
    }

    private void takeJson(String line) {
        try {
            RecordLine record = RecordLine.parse(line);
            String name = record.requireSequence();
            long time = record.time() == null ? Prediction.NO_TIME : record.time();
            Decoded decoded = decoder.decode(record.document());
            if (decoded.event() != null) {
                advance(name, time, encode(decoded.event()));
            }
            if (decoded.end()) {
                end(name);
            }
        } catch (BadEventException e) {
            summary.refused(e.getMessage());
        }
    }

    private void take(String sequence, Event event) {
        try {
            advance(sequence, Prediction.NO_TIME, encode(event));
        } catch (BadEventException e) {
            summary.refused(e.getMessage());
        }
    }

    /**
     * Encodes an event for the model.
     *
     * @throws BadEventException if the model cannot process the event; the message names an unknown event
     */
    private SparseInput encode(Event event) {
        try {
            return encoder.encode(event);
        } catch (UnknownEventException e) {
            if (event instanceof Event.Symbol symbol && model.vocabulary().hasSymbols()) {
                throw new BadEventException("the event " + symbol.name() + " is not in the model's vocabulary");
            }
            throw event instanceof Event.Index index
                    ? new BadEventException("event " + index.value() + ": " + e.getMessage())
                    : e;
        }
    }

    private void advance(String sequence, long time, SparseInput input) {
        SequenceState state = live.computeIfAbsent(sequence, id -> new SequenceState(model.network()));
        before.copyFrom(state);
        Prediction prediction = predictor.advance(sequence, time, input, state);
        if (!state.isFinite()) {
            state.copyFrom(before);
            live.compute(sequence, (id, left) -> state.steps() == 0 ? null : left);
            throw BadEventException.makesStateNotFinite();
        }
        outputs.accept(prediction);
        summary.processed();
    }

    private void end(String sequence) {
        SequenceState state = live.remove(sequence);
        if (state != null) {
            Verdict verdict = predictor.end(sequence, Ended.END_RECORD, state);
            outputs.accept(verdict);
            summary.ended(verdict.anomalous());
        }
    }
}
