package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SparseInput;
import java.util.List;

/** Encodes events as input vectors, in the encoding of a model. Immutable. */
public final class InputEncoder {
    private final Vocabulary vocabulary;
    private final InputEncoding encoding;
    private final int size; // of the input vector
    private final int events; // the number of events that the input distinguishes
    private final SparseInput[] oneHot; // [size], created once, so that encoding allocates nothing
    private final InputField.Number index; // the scale and offset of an index, if the input is one
    private final FieldEncoder fields;

    /** Creates an encoder for a model's input. */
    public InputEncoder(Model model) {
        Network network = model.network();
        this.vocabulary = model.vocabulary();
        this.encoding = network.encoding();
        this.size = network.inputSize();
        this.events = encoding == InputEncoding.INDEX
                ? Math.min(network.input().events(), vocabulary.size())
                : network.input().events();
        this.oneHot = new SparseInput[encoding == InputEncoding.ONE_HOT ? size : 0];
        for (int i = 0; i < oneHot.length; i++) {
            oneHot[i] = SparseInput.oneHot(i);
        }
        boolean scaled = encoding == InputEncoding.INDEX && !model.fields().isEmpty();
        this.index = scaled ? (InputField.Number) model.fields().get(0) : new InputField.Number("", 1, 0);
        this.fields = new FieldEncoder(encoding == InputEncoding.FIELDS ? model.fields() : List.of());
    }

    /**
     * Encodes an event. Fields for the time since the last event stay 0; see {@link ElapsedTime}.
     *
     * @throws UnknownEventException if the model does not know the event
     * @throws BadEventException if the event does not have the form of this model's input
     */
    public SparseInput encode(Event event) {
        return switch (encoding) {
            case ONE_HOT -> oneHot[index(event)];
            case DENSE -> dense(event);
            case INDEX -> scalar(index(event));
            case FIELDS -> fields.encode(event, false);
        };
    }

    /**
     * Returns the input that stands for an unknown event.
     *
     * @param event the event, for the fields that are known
     * @throws IllegalStateException if no input of the model stands for unknown events
     */
    public SparseInput encodeUnknown(Event event) {
        requireUnknown();
        return switch (encoding) {
            case ONE_HOT -> oneHot[vocabulary.unknown()];
            case INDEX -> scalar(vocabulary.unknown());
            default -> fields.encode(event, true);
        };
    }

    /**
     * Checks that an input of the model stands for unknown events.
     *
     * @throws IllegalStateException if none does
     */
    public void requireUnknown() {
        if (encoding == InputEncoding.DENSE) {
            throw new IllegalStateException("the model takes dense vectors, so no input stands for unknown events");
        }
        if (vocabulary.unknown() < 0) {
            throw new IllegalStateException("the model's vocabulary has no unknown symbol");
        }
    }

    private int index(Event event) {
        return event instanceof Event.Vector vector ? hotIndex(vector.values()) : vocabulary.indexOf(event, events);
    }

    private SparseInput scalar(int event) {
        return SparseInput.dense(event, new float[] {(float) (event * index.scale() + index.offset())});
    }

    private int hotIndex(float[] vector) {
        int length = encoding == InputEncoding.INDEX ? events : size;
        if (vector.length != length) {
            throw new BadEventException(
                    "the vector has " + vector.length + " elements, but the model's input has " + length);
        }
        int hot = -1;
        for (int i = 0; i < vector.length; i++) {
            if (vector[i] == 0f) {
                continue;
            }
            if (vector[i] != 1f || hot >= 0) {
                throw new BadEventException(
                        "element " + i + " breaks the one-hot vector: one element must be 1, all others 0");
            }
            hot = i;
        }
        if (hot < 0) {
            throw new BadEventException("the one-hot vector is all zeros");
        }
        vocabulary.checkNotEnd(hot);
        return hot;
    }

    /**
     * Encodes a vector as it is, an index or symbol as its one-hot vector, and a single number as a vector of length 1.
     */
    private SparseInput dense(Event event) {
        if (event instanceof Event.Vector vector) {
            FieldEncoder.checkVector(vector.values(), size, "the vector", "but the model's input has ");
            return SparseInput.dense(vector.values());
        }
        if (size == 1 && !vocabulary.hasSymbols() && !(event instanceof Event.Symbol)) {
            return SparseInput.dense(new float[] {FieldEncoder.number(event, "the event")});
        }
        int hot = vocabulary.indexOf(event, events);
        float[] values = new float[size];
        values[hot] = 1f;
        return SparseInput.dense(hot, values);
    }
}
