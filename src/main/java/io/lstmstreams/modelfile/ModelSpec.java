package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a model that its tensors do not contain: JSON in our model file's metadata, in a file beside a plain
 * {@code state_dict}, or in the argument of {@code import --spec}. Every field is optional. {@link SpecJson} reads it.
 *
 * @param name the model's name
 * @param input the input vector
 * @param layers the layers from the input upwards
 * @param heads the heads by position
 * @param execution the mode of execution, carry or window
 * @param scoring the rule by which an event is anomalous
 */
record ModelSpec(
        @Nullable String name,
        @Nullable Input input,
        @Nullable List<Layer> layers,
        @Nullable List<Head> heads,
        @Nullable Execution execution,
        @Nullable Scoring scoring) {

    /**
     * The input vector.
     *
     * @param encoding one-hot, dense, index or fields
     * @param size the vector's length
     * @param vocabulary the events in index order; with several fields, those of the first one-hot field
     * @param end the end of a sequence: a symbol of the vocabulary, or one more symbol after its last
     * @param unknown the symbol for every event that is not in the vocabulary
     * @param fields the fields of the vector in their order
     * @param scale the factor of an index, which enters as index * scale + offset
     * @param offset the summand of an index, see scale
     */
    record Input(
            @Nullable String encoding,
            @Nullable Integer size,
            @Nullable List<String> vocabulary,
            @Nullable String end,
            @Nullable String unknown,
            @Nullable List<Field> fields,
            @Nullable Double scale,
            @Nullable Double offset) {}

    /**
     * One field of the input.
     *
     * @param field a JSON pointer into the event
     * @param encoding one-hot, number, dense, seconds-since-last, hours-since-last or log-seconds-since-last
     * @param size the length of a one-hot or dense vector
     */
    record Field(
            @Nullable String field,
            @Nullable String encoding,
            @Nullable Integer size,
            @Nullable List<String> vocabulary,
            @Nullable String unknown,
            @Nullable Double scale,
            @Nullable Double offset) {}

    /** One layer; its cell determines which fields apply. */
    record Layer(
            @Nullable String cell,
            @Nullable String name,
            @Nullable List<Integer> from,
            @Nullable Integer units,
            @Nullable Integer size,
            @Nullable Integer offset,
            @Nullable JsonNode activation,
            @Nullable JsonNode outputActivation,
            @Nullable JsonNode recurrentActivation,
            @Nullable Double forgetBias,
            @Nullable Boolean peepholes,
            @Nullable Double cellClip,
            @Nullable Integer projection,
            @Nullable Double projectionClip,
            @Nullable Double clip,
            @Nullable Boolean inputForget,
            @Nullable Boolean resetAfter,
            @Nullable Boolean layerNorm,
            @Nullable Double epsilon,
            @Nullable Boolean maskZero) {}

    /** One head. */
    record Head(
            @Nullable String name,
            @Nullable JsonNode activation,
            @Nullable Integer from) {}

    /**
     * The mode of execution: carry, or window with a length and the padding of an incomplete window; and the mask
     * value, which masks an event whose numbers all equal it.
     */
    record Execution(
            @Nullable String mode,
            @Nullable Integer length,
            @Nullable String padding,
            @Nullable Double maskValue) {}

    /** The rule by which an event is anomalous. */
    record Scoring(
            @Nullable String rule,
            @Nullable Integer rank,
            @Nullable Double probability) {}
}
