package io.lstmstreams.modelfile;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The settings of a model that its tensors do not contain: JSON in our model file's metadata, in a file beside a plain
 * {@code state_dict}, or in the argument of {@code import --spec}. Every field is optional.
 *
 * @param name the model's name
 * @param input the input vector
 * @param layers the layers from the input upwards
 * @param heads the heads by position
 * @param execution the mode of execution, carry or window
 * @param scoring the rule by which an event is anomalous
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ModelSpec(String name, Input input, List<Layer> layers, List<Head> heads, Execution execution, Scoring scoring) {
    /** Limits that keep many small values from exhausting the memory. A symbol takes one token: a million symbols fit. */
    private static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder().maxTokenCount(3_000_000).build();

    static final ObjectMapper JSON = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // Values are not converted: 64.7 is not a number of units, and 7 is not a symbol.
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    /**
     * The input vector.
     *
     * @param encoding one-hot, dense, index or fields
     * @param size the vector's length
     * @param vocabulary the events in index order; with several fields, those of the first one-hot field
     * @param end the end of a sequence: a symbol of the vocabulary, or one more that follows its last
     * @param unknown the symbol for every event that is not in the vocabulary
     * @param fields the fields of the vector in their order
     * @param scale the factor of an index, which enters as index * scale + offset
     * @param offset the summand of an index, see scale
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Input(
            String encoding,
            Integer size,
            List<String> vocabulary,
            String end,
            String unknown,
            List<Field> fields,
            Double scale,
            Double offset) {}

    /**
     * One field of the input.
     *
     * @param field a JSON pointer into the event
     * @param encoding one-hot, number, dense, seconds-since-last, hours-since-last or log-seconds-since-last
     * @param size the length of a one-hot or dense vector
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Field(
            String field,
            String encoding,
            Integer size,
            List<String> vocabulary,
            String unknown,
            Double scale,
            Double offset) {}

    /** One layer; its cell determines which fields apply. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Layer(
            String cell,
            String name,
            List<Integer> from,
            Integer units,
            Integer size,
            Integer offset,
            JsonNode activation,
            JsonNode outputActivation,
            JsonNode recurrentActivation,
            Double forgetBias,
            Boolean peepholes,
            Double cellClip,
            Integer projection,
            Double projectionClip,
            Double clip,
            Boolean inputForget,
            Boolean resetAfter,
            Boolean layerNorm,
            Double epsilon,
            Boolean maskZero) {}

    /** One head. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Head(String name, JsonNode activation, Integer from) {}

    /** The mode of execution: carry, or window with a length and the padding of an incomplete window. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Execution(String mode, Integer length, String padding) {}

    /** The rule by which an event is anomalous. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Scoring(String rule, Integer rank, Double probability) {}

    /**
     * Parses a spec, complete or partial.
     *
     * @param where the file, for errors
     */
    static ObjectNode parse(String text, String where) {
        try {
            JsonNode node = JSON.readTree(text);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (StreamConstraintsException e) {
            throw new Malformed(where, "the spec exceeds a limit: " + firstLine(e));
        } catch (JsonProcessingException e) {
            throw new Malformed(where, "the spec is not JSON: " + firstLine(e));
        }
        throw new Malformed(where, "the spec must be a JSON object");
    }

    /** Reads a spec from a file. */
    static ObjectNode read(Path path) {
        try {
            return parse(Files.readString(path), path.toString());
        } catch (CharacterCodingException e) {
            throw new Malformed(path.toString(), "is not UTF-8");
        } catch (IOException e) {
            throw new Inaccessible(path.toString(), "cannot be read (" + e + ")", e);
        }
    }

    /** Binds the fields of a complete spec. */
    static ModelSpec of(ObjectNode tree, String where) {
        try {
            return JSON.treeToValue(tree, ModelSpec.class);
        } catch (UnrecognizedPropertyException e) {
            throw new Malformed(where, "the spec has an unknown field " + e.getPropertyName());
        } catch (MismatchedInputException e) {
            StringBuilder path = new StringBuilder();
            e.getPath()
                    .forEach(at -> path.append('/')
                            .append(at.getFieldName() == null ? Integer.toString(at.getIndex()) : at.getFieldName()));
            throw new Malformed(where, "the spec's " + path + " has the wrong type");
        } catch (JsonProcessingException e) {
            throw new Malformed(where, "the spec cannot be read: " + firstLine(e));
        }
    }

    /**
     * Lays {@code over} over {@code base}. Fields of {@code over} take precedence, objects are merged field by field,
     * {@code layers} and {@code heads} position by position. A null removes a field.
     */
    static ObjectNode merge(ObjectNode base, ObjectNode over) {
        ObjectNode merged = base.deepCopy();
        over.properties().forEach(field -> {
            JsonNode below = merged.get(field.getKey());
            JsonNode above = field.getValue();
            if (below instanceof ObjectNode belowObject && above instanceof ObjectNode aboveObject) {
                merged.set(field.getKey(), merge(belowObject, aboveObject));
            } else if (below instanceof ArrayNode belowArray && above instanceof ArrayNode aboveArray) {
                merged.set(field.getKey(), merge(belowArray, aboveArray));
            } else {
                merged.set(field.getKey(), above.deepCopy());
            }
        });
        return merged;
    }

    private static ArrayNode merge(ArrayNode below, ArrayNode above) {
        boolean objects = !above.isEmpty() && above.get(0).isObject();
        if (!objects) {
            return above.deepCopy();
        }
        ArrayNode merged = below.deepCopy();
        for (int i = 0; i < above.size(); i++) {
            if (i < merged.size()
                    && merged.get(i) instanceof ObjectNode base
                    && above.get(i) instanceof ObjectNode over) {
                merged.set(i, merge(base, over));
            } else if (i < merged.size()) {
                merged.set(i, above.get(i).deepCopy());
            } else {
                merged.add(above.get(i).deepCopy());
            }
        }
        return merged;
    }

    private static String firstLine(JsonProcessingException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("");
    }
}
