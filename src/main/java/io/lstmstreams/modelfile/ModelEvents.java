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
 * What a model file says of the events that it takes, read without its weights: for those who prepare events and step none.
 *
 * @param vocabulary the events; without names, where the spec has none
 * @param events how many of the indexes may be stepped, from 0; {@code Integer.MAX_VALUE} where the spec does not tell
 * @param size the length of the one-hot vector; 0 where the spec does not tell
 */
public record ModelEvents(Vocabulary vocabulary, int events, int size) {

    /**
     * Reads the spec of a model.
     *
     * @param path a model file of ours, or its spec alone in a file that ends in {@code .json}
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if it cannot be read, has no spec, or takes events of
     *     several fields
     */
    public static ModelEvents read(Path path) {
        String where = path.toString();
        ModelSpec.Input input = spec(path, where).input();
        if (input == null) {
            throw new Malformed(where, "the spec has no input");
        }
        String encoding = Objects.requireNonNullElse(input.encoding(), InputEncoding.ONE_HOT.specName());
        if (encoding.equals(InputEncoding.FIELDS.specName())) {
            throw new Unsupported(where, "the model takes events of several fields, not one symbol or index");
        }
        try {
            return of(input, encoding.equals(InputEncoding.INDEX.specName()));
        } catch (IllegalArgumentException e) {
            throw new Malformed(where, e.getMessage());
        }
    }

    private static ModelEvents of(ModelSpec.Input input, boolean index) {
        List<String> symbols = input.vocabulary();
        int lines = index || input.size() == null ? 0 : input.size();
        if (symbols == null) {
            int events = lines > 0 ? lines : Integer.MAX_VALUE;
            return new ModelEvents(Vocabulary.ofSize(events), events, lines);
        }
        boolean endBeside = input.end() != null && !symbols.contains(input.end());
        int named = symbols.size() + (endBeside ? 1 : 0);
        Vocabulary vocabulary = Vocabulary.of(named, symbols, input.end(), input.unknown());
        int events = lines > 0 ? Math.min(lines, named) : named;
        return new ModelEvents(vocabulary, events, index ? named : lines);
    }

    private static ModelSpec spec(Path path, String where) {
        if (where.endsWith(".json")) {
            return ModelSpec.of(ModelSpec.read(path), where);
        }
        String stored = Safetensors.metadata(path).get(ModelFile.SPEC_KEY);
        if (stored == null) {
            throw new Malformed(where, "has no spec; give the model file that import wrote, or the spec's .json");
        }
        return ModelSpec.of(ModelSpec.parse(stored, where + ": metadata " + ModelFile.SPEC_KEY), where);
    }
}
