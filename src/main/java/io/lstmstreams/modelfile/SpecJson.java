package io.lstmstreams.modelfile;

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

/** The JSON text of a spec: parses it, merges two specs, and binds the fields of {@link ModelSpec}. */
final class SpecJson {
    /**
     * Limits that keep many small values from exhausting the memory. A symbol takes one token: a million symbols fit.
     */
    private static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder().maxTokenCount(3_000_000).build();

    /** Reads specs strictly, and creates nodes. */
    static final ObjectMapper MAPPER = JsonMapper.builder(
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

    private SpecJson() {}

    /**
     * Parses a spec, complete or partial.
     *
     * @param where the file, for errors
     */
    static ObjectNode parse(String text, String where) {
        try {
            JsonNode node = MAPPER.readTree(text);
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
    static ModelSpec bind(ObjectNode tree, String where) {
        try {
            return MAPPER.treeToValue(tree, ModelSpec.class);
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
