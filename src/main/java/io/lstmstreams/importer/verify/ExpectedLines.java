package io.lstmstreams.importer.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.recurrent.Head;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sequences in lines of JSON: {@code {"sequence": "a", "event": ..., "output": [...]}}. The event has any form that a
 * record may have. The output is that of the first head, or an object of arrays by head; without it the step is run and
 * not compared. Without {@code sequence}, all lines are one sequence.
 */
final class ExpectedLines {
    private static final JsonEventDecoder DECODER = new JsonEventDecoder(JsonEventDecoder.DEFAULT_POINTER);

    private final String file;
    private final List<Head> heads;
    private final Map<String, ExpectedSequence> sequences = new LinkedHashMap<>();

    private ExpectedLines(String file, Model model) {
        this.file = file;
        this.heads = model.network().heads();
    }

    /** Reads the file of a model. */
    static List<ExpectedSequence> read(Path path, Model model) {
        ExpectedLines lines = new ExpectedLines(path.toString(), model);
        try (LineReader in = LineReader.open(path)) {
            for (String line = in.next(); line != null; line = in.next()) {
                if (!line.isBlank()) {
                    lines.add(line, lines.file + " line " + in.number());
                }
            }
        } catch (NoSuchFileException e) {
            throw new Inaccessible(lines.file, "does not exist", e);
        } catch (IOException e) {
            throw new Inaccessible(lines.file, "cannot be read (" + e.getMessage() + ")", e);
        } catch (BadEventException e) {
            throw new Malformed(lines.file, String.valueOf(e.getMessage()));
        }
        return List.copyOf(lines.sequences.values());
    }

    private void add(String line, String where) {
        try {
            JsonNode json = JsonEventDecoder.parse(line.getBytes(StandardCharsets.UTF_8));
            Decoded decoded = DECODER.decode(json);
            Event event = decoded.event();
            if (event == null) {
                return; // the end of a sequence
            }
            String name = json.path("sequence").asText("1");
            ExpectedSequence sequence = sequences.computeIfAbsent(
                    name, key -> new ExpectedSequence(key, new ArrayList<>(), new ArrayList<>()));
            sequence.events().add(event);
            sequence.outputs().add(outputs(json.path("output"), where));
        } catch (BadEventException e) {
            throw new Malformed(where, String.valueOf(e.getMessage()));
        }
    }

    private Map<String, float[]> outputs(JsonNode output, String where) {
        Map<String, float[]> outputs = new LinkedHashMap<>();
        if (output.isArray() && !heads.isEmpty()) {
            outputs.put(heads.get(0).name(), numbers(output, heads.get(0), where));
        }
        for (Head head : heads) {
            if (output.isObject() && output.has(head.name())) {
                outputs.put(head.name(), numbers(output.get(head.name()), head, where));
            }
        }
        if (output.isObject() && outputs.size() < output.size()) {
            throw new Malformed(
                    where,
                    "\"output\" must have heads of the model, which are "
                            + String.join(", ", heads.stream().map(Head::name).toList()));
        }
        return outputs;
    }

    private static float[] numbers(JsonNode array, Head head, String where) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            if (!array.get(i).isNumber()) {
                throw new Malformed(where, "\"output\" must be an array of numbers");
            }
            values[i] = array.get(i).floatValue();
        }
        if (values.length != head.outputs()) {
            throw new Malformed(
                    where,
                    "the output of head " + head.name() + " must have " + head.outputs() + " numbers, but has "
                            + values.length);
        }
        return values;
    }
}
