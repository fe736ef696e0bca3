package io.lstmstreams.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.replay.Replay;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The expected answers to a load, by the ids of its records: replay's results and verdicts of the same records. A file
 * for replay cannot restart a sequence, as a start header does; a sequence that restarts continues in a second file, a
 * third and so on. Not thread-safe.
 */
public final class Expectation {
    private static final String ID_OF_LEFT = "left ";

    private final Map<String, Answer> results = new LinkedHashMap<>();
    private final Map<String, Answer> verdicts = new LinkedHashMap<>();
    private final Map<String, Answer> deadLetters = new LinkedHashMap<>();
    private final Map<String, Integer> positions = new HashMap<>(); // by sequence
    private final List<File> files = new ArrayList<>();

    /** The records of one file, and the ids of those that have a result and of those that have a verdict. */
    private record File(StringBuilder lines, List<String> stepIds, List<String> endIds) {
        File() {
            this(new StringBuilder(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /**
     * Adds a record that advances its sequence, ends it, or both.
     *
     * @param file the file's number, from 0
     * @param event the symbol; null if the record has no event
     */
    void record(int file, String id, String sequence, long time, String event, boolean end) {
        StringBuilder lines = file(file).lines();
        lines.append("{\"sequence\":\"").append(sequence).append('"');
        if (event != null) {
            lines.append(",\"event\":\"").append(event).append("\",\"time\":").append(time);
            file(file).stepIds().add(id);
            results.put(id, Answer.unknown(sequence, next(sequence)));
        }
        if (end) {
            lines.append(",\"end\":true");
            file(file).endIds().add(id);
            verdicts.put(id, Answer.unknown(sequence, next(sequence)));
        }
        lines.append("}\n");
    }

    /** Adds that a sequence receives no more records, so that the idle timeout ends it. */
    void left(int file, String sequence) {
        record(file, idOfLeft(sequence), sequence, 0, null, true);
    }

    /** Returns the id of the verdict of a sequence that the idle timeout ends, because no record causes it. */
    static String idOfLeft(String sequence) {
        return ID_OF_LEFT + sequence;
    }

    /** Adds a record that is not an event of the model. */
    void deadLetter(String id, String sequence, String value) {
        deadLetters.put(id, Answer.of(sequence, next(sequence), value));
    }

    private File file(int number) {
        while (files.size() <= number) {
            files.add(new File());
        }
        return files.get(number);
    }

    private int next(String sequence) {
        return positions.merge(sequence, 1, Integer::sum);
    }

    /** Replays the records with the only model. */
    public void replay(Model model, Kernel kernel, Set<Include> include) throws IOException {
        replay(null, model, kernel, include);
    }

    /**
     * Replays the records with one of several models: each answer may be that of any of them.
     *
     * @param name the model's name in results
     */
    public void replay(String name, Model model, Kernel kernel, Set<Include> include) throws IOException {
        OutputJson json = new OutputJson(model.vocabulary());
        for (File file : files) {
            Iterator<String> stepIds = file.stepIds().iterator();
            Iterator<String> endIds = file.endIds().iterator();
            new Replay(model, kernel, OutputConfig.TOP_K_DEFAULT, include, output -> {
                        if (output instanceof Prediction prediction) {
                            results.get(stepIds.next()).add(text(json, StreamOutputs.result(prediction, name)));
                        } else {
                            String id = endIds.next();
                            Ended ended = id.startsWith(ID_OF_LEFT) ? Ended.IDLE : Ended.END_RECORD;
                            verdicts.get(id).add(text(json, StreamOutputs.verdict((Verdict) output, ended, name)));
                        }
                    })
                    .jsonLines(new LineReader(
                            new ByteArrayInputStream(file.lines().toString().getBytes(UTF_8))));
            if (stepIds.hasNext() || endIds.hasNext()) {
                throw new IllegalStateException("replay has left out some of the load");
            }
        }
    }

    private static String text(OutputJson json, SequenceOutput output) {
        return new String(json.write(output), UTF_8);
    }

    /** Returns the expected results by the ids of the records that advance their sequences. */
    public Map<String, Answer> results() {
        return results;
    }

    /** Returns the expected verdicts by the ids of the records that end their sequences. */
    public Map<String, Answer> verdicts() {
        return verdicts;
    }

    /** Returns the expected dead letters by the ids of their records. */
    public Map<String, Answer> deadLetters() {
        return deadLetters;
    }
}
