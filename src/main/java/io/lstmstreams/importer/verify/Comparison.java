package io.lstmstreams.importer.verify;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The differences between a model's outputs and those of its framework. A difference is relative to the larger of 1 and
 * the expected value, so that it is absolute for probabilities. Not thread-safe.
 */
final class Comparison {
    private final List<ExpectedSequence> sequences;
    private final double tolerance;
    private final long maxSteps;
    private Place worst = new Place("", 0, "", 0, 0, 0, -1);
    private Place first = worst; // beyond the tolerance
    private long steps;
    private long numbers;
    private boolean wrongAtFirstSteps;

    /**
     * One number of the outputs.
     *
     * @param sequence the sequence's name
     * @param step the step, from 1
     * @param head the head's name
     * @param number the position in the head's output, from 0
     * @param expected the framework's value
     * @param actual the model's value
     * @param difference the difference, relative to the larger of 1 and the expected value; -1 for no place
     */
    record Place(String sequence, int step, String head, int number, float expected, double actual, double difference) {

        @Override
        public String toString() {
            return "sequence " + sequence + ", step " + step + ", head " + head + ", number " + number + ": expected "
                    + expected + ", is " + (float) actual;
        }
    }

    /**
     * @param maxSteps the number of steps after which the comparison ends
     */
    private Comparison(List<ExpectedSequence> sequences, double tolerance, long maxSteps) {
        this.sequences = sequences;
        this.tolerance = tolerance;
        this.maxSteps = maxSteps;
    }

    /**
     * Compares a model with the framework's outputs.
     *
     * @param tolerance the greatest accepted difference
     * @param maxSteps the number of steps after which the comparison ends
     * @throws Malformed if an event is not one that the model takes
     */
    static Comparison of(Model model, List<ExpectedSequence> sequences, double tolerance, long maxSteps) {
        Comparison comparison = new Comparison(sequences, tolerance, maxSteps);
        comparison.run(model);
        return comparison;
    }

    private void run(Model model) {
        InputEncoder encoder = new InputEncoder(model);
        Predictor predictor =
                new Predictor(model, PackedNetwork.of(model.network(), Kernels.auto()), 0, EnumSet.of(Include.OUTPUT));
        for (ExpectedSequence sequence : sequences) {
            SequenceState state = new SequenceState(model.network());
            for (int i = 0; i < sequence.events().size() && steps < maxSteps; i++) {
                SparseInput input = encoded(encoder, sequence, i);
                Prediction prediction = predictor.advance(sequence.name(), Prediction.NO_TIME, input, state);
                Map<String, double[]> output =
                        Objects.requireNonNull(prediction.details().output());
                steps++;
                int step = i;
                sequence.outputs()
                        .get(i)
                        .forEach((head, expected) -> compare(
                                sequence.name(), step + 1, head, expected, Objects.requireNonNull(output.get(head))));
            }
        }
    }

    private static SparseInput encoded(InputEncoder encoder, ExpectedSequence sequence, int step) {
        Event event = sequence.events().get(step);
        try {
            return encoder.encode(event);
        } catch (BadEventException e) {
            throw new Malformed(
                    "sequence " + sequence.name() + ", step " + (step + 1),
                    "the model does not take this event: " + e.getMessage());
        }
    }

    private void compare(String sequence, int step, String head, float[] expected, double[] actual) {
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
            difference = Double.isFinite(difference) ? difference : Double.MAX_VALUE;
            numbers++;
            if (difference > worst.difference()) {
                worst = new Place(sequence, step, head, i, expected[i], actual[i], difference);
            }
            if (difference > tolerance) {
                wrongAtFirstSteps |= step == 1;
                if (first.difference() < 0) {
                    first = new Place(sequence, step, head, i, expected[i], actual[i], difference);
                }
            }
        }
    }

    /** Returns the place of the worst difference. */
    Place worst() {
        return worst;
    }

    /** Returns the first place beyond the tolerance. */
    Place first() {
        return first;
    }

    boolean passes() {
        return numbers > 0 && worst.difference() <= tolerance;
    }

    /** Returns whether only steps after the first of a sequence differ, so that the state is what differs. */
    boolean startsRight() {
        return !wrongAtFirstSteps;
    }

    long steps() {
        return steps;
    }

    long numbers() {
        return numbers;
    }
}
