package io.lstmstreams.modelfile;

import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Safetensors;
import io.lstmstreams.recurrent.InputEncoding;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The events that a model accepts, read from its spec without its weights: for code that prepares events for the model.
 *
 * @param vocabulary the events; without names if the spec has no vocabulary
 * @param events the number of valid event indexes, from 0; {@code Integer.MAX_VALUE} if the spec does not state it
 * @param size the length of the one-hot vector; 0 if the spec does not state it
 */
public record ModelEvents(Vocabulary vocabulary, int events, int size) {

    /**
     * Reads the spec of a model.
     *
     * @param path our own model file, or a spec in a file that ends in {@code .json}
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, has no spec, or takes
     *     events of several fields
     */
    public static ModelEvents read(Path path) {
        String where = path.toString();
        ModelSpec.Input input = spec(path, where).input();
        if (input == null) {
            throw new Malformed(where, "the spec has no input");
        }
        String encoding = Objects.requireNonNullElse(input.encoding(), InputEncoding.ONE_HOT.specName());
        if (encoding.equals(InputEncoding.FIELDS.specName())) {
            throw new Unsupported(where, "the model must take one symbol or index, but takes events of several fields");
        }
        try {
            return of(input, encoding.equals(InputEncoding.INDEX.specName()));
        } catch (IllegalArgumentException e) {
            throw new Malformed(where, String.valueOf(e.getMessage()));
        }
    }

    private static ModelEvents of(ModelSpec.Input input, boolean index) {
        List<String> symbols = input.vocabulary();
        int inputs = index || input.size() == null ? 0 : input.size();
        if (symbols == null) {
            int events = inputs > 0 ? inputs : Integer.MAX_VALUE;
            return new ModelEvents(Vocabulary.ofSize(events), events, inputs);
        }
        boolean endIsExtra = input.end() != null && !symbols.contains(input.end());
        int named = symbols.size() + (endIsExtra ? 1 : 0);
        Vocabulary vocabulary = Vocabulary.of(named, symbols, input.end(), input.unknown());
        int events = inputs > 0 ? Math.min(inputs, named) : named;
        return new ModelEvents(vocabulary, events, index ? named : inputs);
    }

    private static ModelSpec spec(Path path, String where) {
        if (where.endsWith(".json")) {
            return SpecJson.bind(SpecJson.read(path), where);
        }
        String stored = Safetensors.metadata(path).get(ModelFile.SPEC_KEY);
        if (stored == null) {
            throw new Malformed(where, "has no spec; give the model file that import wrote, or the spec's .json");
        }
        return SpecJson.bind(SpecJson.parse(stored, where + ": metadata " + ModelFile.SPEC_KEY), where);
    }
}
