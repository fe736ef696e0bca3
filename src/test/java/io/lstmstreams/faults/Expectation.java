package io.lstmstreams.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.replay.Replay;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What should come of a load, by the ids of its records: results and verdicts as replay makes them of the same records. A
 * file of replay's has no way to forget a sequence and begin it anew, as a start header does; so sequences that were begun
 * anew go on in a second file, a third and so on. Not thread-safe.
 */
final class Expectation {
    private final Map<String, Answer> results = new LinkedHashMap<>();
    private final Map<String, Answer> verdicts = new LinkedHashMap<>();
    private final Map<String, Answer> deadLetters = new LinkedHashMap<>();
    private final Map<String, Integer> positions = new HashMap<>(); // by sequence
    private final List<File> files = new ArrayList<>();

    /** Records of one file, and the ids of those that bring a result, and of those that bring a verdict. */
    private record File(StringBuilder lines, Deque<String> stepIds, Deque<String> endIds) {
        File() {
            this(new StringBuilder(), new ArrayDeque<>(), new ArrayDeque<>());
        }
    }

    /**
     * A record that is stepped, ends its sequence, or both.
     *
     * @param file from 0
     * @param event the symbol; null if there is none
     */
    void record(int file, String id, String sequence, long time, String event, boolean end) {
        while (files.size() <= file) {
            files.add(new File());
        }
        StringBuilder lines = files.get(file).lines();
        lines.append("{\"sequence\":\"").append(sequence).append('"');
        if (event != null) {
            lines.append(",\"event\":\"").append(event).append("\",\"time\":").append(time);
            files.get(file).stepIds().add(id);
            results.put(id, new Answer(sequence, next(sequence), null));
        }
        if (end) {
            lines.append(",\"end\":true");
            files.get(file).endIds().add(id);
            verdicts.put(id, new Answer(sequence, next(sequence), null));
        }
        lines.append("}\n");
    }

    /** A record that is no event of the model. */
    void deadLetter(String id, String sequence, String value) {
        deadLetters.put(id, new Answer(sequence, next(sequence), value));
    }

    private int next(String sequence) {
        return positions.merge(sequence, 1, Integer::sum);
    }

    /** Replays what was recorded. */
    void replay(EventModel model, Kernel kernel, Set<Include> include) throws IOException {
        OutputJson json = new OutputJson(model.vocabulary());
        for (File file : files) {
            new Replay(
                            model,
                            kernel,
                            LstmStreamsConfig.OUTPUT_TOP_K_DEFAULT,
                            include,
                            output -> answer(file, output, new String(json.write(output), UTF_8)))
                    .jsonLines(new LineReader(
                            new ByteArrayInputStream(file.lines().toString().getBytes(StandardCharsets.UTF_8))));
            if (!file.stepIds().isEmpty() || !file.endIds().isEmpty()) {
                throw new IllegalStateException("replay has left out some of the load");
            }
        }
    }

    private void answer(File file, SequenceOutput output, String value) {
        boolean isResult = output instanceof Prediction;
        String id = (isResult ? file.stepIds() : file.endIds()).remove();
        (isResult ? results : verdicts)
                .compute(id, (same, answer) -> new Answer(answer.key(), answer.position(), value));
    }

    /** By the id of the record that was stepped. */
    Map<String, Answer> results() {
        return results;
    }

    /** By the id of the record that ended the sequence. */
    Map<String, Answer> verdicts() {
        return verdicts;
    }

    /** By the id of the record. */
    Map<String, Answer> deadLetters() {
        return deadLetters;
    }
}
