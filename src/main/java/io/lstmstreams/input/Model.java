package io.lstmstreams.input;

import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;
import java.util.List;
import org.apiguardian.api.API;

/**
 * A model: a trained network with its scoring rule and name, the vocabulary of its events, and the fields of its input.
 * It is all that a model file holds. Immutable.
 *
 * @param network the network
 * @param vocabulary the events that the model knows and predicts
 * @param fields the fields of the input vector, in order; empty if the event is the whole input. If the input is the
 *     event's index as a number, one {@link InputField.Number} with its scale and offset, or empty.
 */
@API(status = API.Status.STABLE)
public record Model(
        @API(status = API.Status.INTERNAL) Network network,
        Vocabulary vocabulary,
        @API(status = API.Status.INTERNAL) List<InputField> fields) {
    /** Creates a model whose input is the event alone. */
    @API(status = API.Status.INTERNAL)
    public Model(Network network, Vocabulary vocabulary) {
        this(network, vocabulary, List.of());
    }

    /** Checks that the parts fit together. */
    @API(status = API.Status.INTERNAL)
    public Model {
        fields = List.copyOf(fields);
        boolean anyIndex = network.events() == Integer.MAX_VALUE; // the network does not limit the number of events
        if (!anyIndex && network.events() > 0 && vocabulary.size() != network.events()) {
            throw new IllegalArgumentException("the vocabulary has " + vocabulary.size()
                    + " symbols, but the model knows " + network.events() + " events");
        }
        int size = fields.stream().mapToInt(InputField::size).sum();
        if (network.encoding() == InputEncoding.FIELDS && size != network.inputSize()) {
            throw new IllegalArgumentException(
                    "the fields have " + size + " elements, but the model's input has " + network.inputSize());
        }
    }
}
