package io.lstmstreams.replay;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.event.Utf8;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.SequenceName;
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

/**
 * Advances the sequences of one file, in its order. A bad event is counted and left out, as the stream does it. Not
 * thread-safe, and good for one file.
 */
public final class Replay {
    private final InputEncoder encoder;
    private final Predictor predictor;
    private final Model model;
    private final Consumer<SequenceOutput> outputs;
    private final Map<String, SequenceState> live = new HashMap<>();
    private final JsonEventDecoder decoder = new JsonEventDecoder("/event");
    private final Summary summary = new Summary();
    private final SequenceState before; // the state before the step at hand, of a model whose state goes on

    /**
     * Prepares a replay.
     *
     * @param topK how many next events a result names
     * @param include what else a result holds
     * @param outputs takes each result and verdict as it comes
     */
    public Replay(Model model, Kernel kernel, int topK, Set<Include> include, Consumer<SequenceOutput> outputs) {
        this.model = model;
        this.encoder = new InputEncoder(model);
        this.predictor = new Predictor(model, PackedNetwork.of(model.network(), kernel), topK, include);
        this.outputs = outputs;
        this.before = new SequenceState(model.network());
    }

    /** Reads one sequence a line, its events separated by blanks; a sequence's id is the line's number from 1. */
    public Summary sessions(LineReader in) throws IOException {
        for (String line = nextLine(in); line != null; line = nextLine(in)) {
            String sequence = Long.toString(in.number());
            StringTokenizer events = new StringTokenizer(line);
            while (events.hasMoreTokens()) {
                take(sequence, event(events.nextToken()));
            }
            end(sequence);
        }
        return summary;
    }

    /** Reads one record a line, in order of arrival, with {@code sequence} and {@code event} or {@code end}, and maybe {@code time}. */
    public Summary jsonLines(LineReader in) throws IOException {
        for (String line = nextLine(in); line != null; line = nextLine(in)) {
            if (!line.isBlank()) {
                takeJson(line);
            }
        }
        summary.live(live.size());
        return summary;
    }

    /** The next line that can be read; null after the last one. */
    private String nextLine(LineReader in) throws IOException {
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
            JsonNode record = JsonEventDecoder.parse(Utf8.encode(line, "the line"));
            JsonNode sequence = record.path("sequence");
            if (!sequence.isTextual() && !sequence.isIntegralNumber()) {
                throw new BadEventException("the record has no \"sequence\"");
            }
            String name =
                    SequenceName.of(Utf8.encode(sequence.asText(), "the record's \"sequence\"")); // as in the stream
            Decoded decoded = decoder.decode(record);
            if (decoded.event() != null) {
                advance(name, time(record), encoder.encode(decoded.event()));
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
            advance(sequence, Prediction.NO_TIME, encoder.encode(event));
        } catch (BadEventException e) {
            summary.refused(e.getMessage());
        }
    }

    /** A word is a symbol, or an index where the model's events have no names. */
    private Event event(String word) {
        if (!model.vocabulary().hasSymbols() && word.matches("\\d{1,18}")) {
            return new Event.Index(Long.parseLong(word));
        }
        return new Event.Symbol(word);
    }

    /** A record may say when it was, in milliseconds since the epoch: models that look at the time between events need it. */
    private static long time(JsonNode record) {
        JsonNode time = record.path("time");
        if (time.isMissingNode() || time.isNull()) {
            return Prediction.NO_TIME;
        }
        if (!time.canConvertToLong() || !time.isIntegralNumber() || time.longValue() < 0) {
            throw new BadEventException("the record's \"time\" is no number of milliseconds since the epoch");
        }
        return time.longValue();
    }

    private void advance(String sequence, long time, SparseInput input) {
        SequenceState state = live.computeIfAbsent(sequence, id -> new SequenceState(model.network()));
        before.copy(state);
        Prediction prediction = predictor.advance(sequence, time, input, state);
        if (!state.isFinite()) {
            state.copy(before);
            live.compute(sequence, (id, left) -> state.steps() == 0 ? null : left);
            throw BadEventException.makesStateNotFinite();
        }
        outputs.accept(prediction);
        summary.stepped();
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
