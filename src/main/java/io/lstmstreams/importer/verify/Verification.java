package io.lstmstreams.importer.verify;

import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The question "are these my model's numbers?", and its answer. */
public final class Verification {
    /** The greatest difference that is accepted, unless the user states another. */
    public static final String DEFAULT_TOLERANCE = "1e-5";

    private Verification() {}

    /**
     * The answer.
     *
     * @param passed true if no number differs by more than the tolerance
     * @param lines the report for the user
     */
    public record Report(boolean passed, List<String> lines) {}

    /**
     * Compares a model with what its framework computed, step by step.
     *
     * @param model a model file of ours
     * @param expected the framework's inputs and outputs: {@code .npz} or {@code .safetensors} with arrays {@code x}
     *     and {@code y}, or lines of JSON ({@code .jsonl})
     * @param tolerance the greatest accepted difference, relative to the larger of 1 and the expected value
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if a file cannot be read, or if the two do not fit
     */
    public static Report verify(Path model, Path expected, double tolerance) {
        Model loaded = ModelFile.load(model);
        List<ExpectedSequence> sequences = read(expected, loaded);
        Comparison comparison;
        try {
            comparison = Comparison.of(loaded, sequences, tolerance, Long.MAX_VALUE);
        } catch (Malformed e) {
            String hint = new Variants(model, loaded, sequences, tolerance)
                    .otherNumbers()
                    .map(sentence -> "; " + sentence)
                    .orElse("");
            throw new Malformed(expected.toString(), e.getMessage() + hint);
        }
        if (comparison.numbers() == 0) {
            throw new Malformed(expected.toString(), "has no output to compare with");
        }
        List<String> lines = new ArrayList<>();
        lines.add("compared %,d numbers of %,d steps in %,d sequences"
                .formatted(comparison.numbers(), comparison.steps(), sequences.size()));
        lines.add("worst difference %.2e, allowed %.2e; %s"
                .formatted(comparison.worst().difference(), tolerance, comparison.worst()));
        if (!comparison.passes()) {
            lines.add("the first difference beyond the tolerance: " + comparison.first());
            boolean state = comparison.startsRight() && comparison.first().step() > 1;
            lines.add(new Variants(model, loaded, sequences, tolerance)
                    .suggestion()
                    .orElse(
                            "no other activation, execution, forget bias, order of gates or numbering of events explains it; "
                                    + (state
                                            ? "first steps agree, so that it is the state that differs"
                                            : "a first step differs, so that weights, activations or inputs differ")));
        }
        return new Report(comparison.passes(), lines);
    }

    private static List<ExpectedSequence> read(Path expected, Model model) {
        String name = expected.toString();
        if (name.endsWith(".jsonl")) {
            return ExpectedLines.read(expected, model);
        }
        if (name.endsWith(".npz") || name.endsWith(".safetensors")) {
            return ExpectedArrays.read(expected, model);
        }
        throw new Unsupported(name, "must be a .npz, .safetensors or .jsonl file");
    }
}
