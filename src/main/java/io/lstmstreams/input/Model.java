package io.lstmstreams.input;

import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;
import java.util.List;

/**
 * A trained network together with the names of its events and the fields of its input: all that a model file holds.
 * Immutable.
 *
 * @param network shape and weights
 * @param vocabulary the events that it knows and predicts
 * @param fields what stands side by side in the input vector, in order; empty where the event is all of it. An input that is
 *     the event's index has one number, which says how that enters.
 */
public record Model(Network network, Vocabulary vocabulary, List<InputField> fields) {
    /** A model whose input is the event and nothing else. */
    public Model(Network network, Vocabulary vocabulary) {
        this(network, vocabulary, List.of());
    }

    /** Checks that the parts fit together. */
    public Model {
        fields = List.copyOf(fields);
        boolean anyIndex = network.events() == Integer.MAX_VALUE; // nothing says how many there are
        if (!anyIndex && network.events() > 0 && vocabulary.size() != network.events()) {
            throw new IllegalArgumentException("the vocabulary has " + vocabulary.size()
                    + " symbols, but the model knows " + network.events() + " events");
        }
        int lines = fields.stream().mapToInt(InputField::size).sum();
        if (network.encoding() == InputEncoding.FIELDS && lines != network.inputSize()) {
            throw new IllegalArgumentException(
                    "the fields have " + lines + " lines, but the model's input has " + network.inputSize());
        }
    }
}
