package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SparseInput;

/** Turns events into input lines, as a model's spec says. Immutable. */
public final class InputEncoder {
    private final Vocabulary vocabulary;
    private final InputEncoding encoding;
    private final int size; // of the input vector
    private final int events; // that have a line of their own
    private final SparseInput[] oneHot; // one for each line, so that encoding allocates nothing
    private final InputField.Number index; // how an index enters, where it is the input
    private final FieldEncoder fields; // null where the event is all of the input

    /** An encoder for a model's input. */
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
        this.fields = encoding == InputEncoding.FIELDS ? new FieldEncoder(model.fields()) : null;
    }

    /**
     * Encodes an event. Where the input holds the time since the last event, that is left 0; see {@link ElapsedTime}.
     *
     * @throws UnknownEventException if the model was not trained on it
     * @throws BadEventException if it is no input of this model at all
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
     * The input that stands for an unknown event.
     *
     * @param event the event, for the fields that are known
     * @throws IllegalStateException if the model has none
     */
    public SparseInput unknown(Event event) {
        checkUnknown();
        return switch (encoding) {
            case ONE_HOT -> oneHot[vocabulary.unknown()];
            case INDEX -> scalar(vocabulary.unknown());
            default -> fields.encode(event, true);
        };
    }

    /**
     * Asks whether something stands for unknown events.
     *
     * @throws IllegalStateException if nothing does
     */
    public void checkUnknown() {
        if (encoding == InputEncoding.DENSE) {
            throw new IllegalStateException("the model takes dense vectors, of which none stands for unknown events");
        }
        if (vocabulary.unknown() < 0) {
            throw new IllegalStateException("the model's vocabulary has no unknown symbol");
        }
    }

    private int index(Event event) {
        return event instanceof Event.Vector vector ? hotLine(vector.values()) : vocabulary.event(event, events);
    }

    private SparseInput scalar(int event) {
        return SparseInput.dense(event, new float[] {(float) (event * index.scale() + index.offset())});
    }

    private int hotLine(float[] vector) {
        int length = encoding == InputEncoding.INDEX ? events : size;
        if (vector.length != length) {
            throw new BadEventException(
                    "the vector has " + vector.length + " elements, the model's input has " + length);
        }
        int hot = -1;
        for (int i = 0; i < vector.length; i++) {
            if (vector[i] == 0f) {
                continue;
            }
            if (vector[i] != 1f || hot >= 0) {
                throw new BadEventException(
                        "element " + i + " breaks the one-hot vector: one element is 1, all the others are 0");
            }
            hot = i;
        }
        if (hot < 0) {
            throw new BadEventException("the one-hot vector is all zeros");
        }
        vocabulary.checkNotEnd(hot);
        return hot;
    }

    /** A vector as it is; an index or symbol stands for its one-hot vector, a single number for a vector of one. */
    private SparseInput dense(Event event) {
        if (event instanceof Event.Vector vector) {
            FieldEncoder.checkVector(vector.values(), size, "the vector", "the model's input has ");
            return SparseInput.dense(vector.values());
        }
        if (size == 1 && !vocabulary.hasSymbols() && !(event instanceof Event.Symbol)) {
            return SparseInput.dense(new float[] {FieldEncoder.number(event, "the event")});
        }
        int hot = vocabulary.event(event, events);
        float[] values = new float[size];
        values[hot] = 1f;
        return SparseInput.dense(hot, values);
    }
}
