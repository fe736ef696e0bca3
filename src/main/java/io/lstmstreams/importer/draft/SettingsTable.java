package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Every setting of an imported model with its origin, after the user's spec was applied. Immutable. */
public final class SettingsTable {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, JsonNode> values = new LinkedHashMap<>(); // by setting; null nodes for no value
    private final List<Setting> rows = new ArrayList<>();
    private final ObjectNode userSpec;

    /**
     * Creates the table of a model.
     *
     * @param model the model's spec, without settings that have their default
     * @param userSpec the spec that the user gave, perhaps empty
     * @param importer the importer's spec, without the user's
     * @param found the settings that the file does not state or states only indirectly
     */
    public SettingsTable(ObjectNode model, ObjectNode userSpec, ObjectNode importer, List<Setting> found) {
        this.userSpec = userSpec;
        for (ObjectNode spec : List.of(model, userSpec, importer)) {
            collect("", spec);
        }
        Map<String, Setting> origins = new LinkedHashMap<>();
        for (Setting setting : found) {
            origins.put(setting.name(), setting);
            values.putIfAbsent(setting.name(), parsed(setting.value()));
        }
        Map<String, List<Setting>> groups = new LinkedHashMap<>(); // an option of a layer follows its other options
        values.forEach((name, value) -> {
            boolean stated = !userSpec.at(Setting.pointer(name)).isMissingNode();
            Setting setting = origins.get(name);
            Origin origin = stated ? Origin.SPEC : setting == null ? Origin.file("") : setting.origin();
            String group = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
            groups.computeIfAbsent(group, first -> new ArrayList<>()).add(new Setting(name, text(name, value), origin));
        });
        groups.values().forEach(rows::addAll);
    }

    private void collect(String name, JsonNode node) {
        boolean nested = name.isEmpty() || name.equals("input") || name.matches("(layers|heads)\\[\\d+]");
        if (nested && node.isObject()) {
            String prefix = name.isEmpty() ? "" : name + ".";
            node.properties().forEach(field -> collect(prefix + field.getKey(), field.getValue()));
        } else if (name.matches("layers|heads|input\\.fields") && node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(name + "[" + i + "]", node.get(i));
            }
        } else {
            values.putIfAbsent(name, node);
        }
    }

    /** Returns the value for a spec: the text of a setting that the model's spec omits, because it is the default. */
    private static JsonNode parsed(String value) {
        if (value.equals("none")) {
            return JSON.nullNode();
        }
        return value.matches("-?\\d+(\\.\\d+)?") ? new DoubleNode(Double.parseDouble(value)) : new TextNode(value);
    }

    private static String text(String name, JsonNode value) {
        if (name.endsWith("vocabulary") && value.isArray()) {
            return value.size() + " symbols";
        }
        if (value.isObject()) {
            StringJoiner text = new StringJoiner(", ");
            value.properties().forEach(field -> {
                String key = field.getKey();
                boolean title = key.equals("mode") || key.equals("rule") || key.equals("name") || key.equals("field");
                text.add(title ? text(key, field.getValue()) : key + " " + text(key, field.getValue()));
            });
            return text.toString();
        }
        if (value.isFloatingPointNumber() && Double.isFinite(value.asDouble())) {
            String number = value.asText();
            return number.contains("E") ? new BigDecimal(number).toPlainString() : number;
        }
        return value.isNull() ? "none" : value.isValueNode() ? value.asText() : value.toString();
    }

    /** Returns the settings in the order of the spec. */
    public List<Setting> rows() {
        return List.copyOf(rows);
    }

    /**
     * Checks that the file or the user's spec states every setting.
     *
     * @param file the file's name, for errors
     * @throws Unsupported if a setting is inferred or a framework's default; the error shows the spec that confirms it
     */
    public void requireStated(String file) {
        List<Setting> unstated = rows.stream()
                .filter(row -> row.origin().kind() == Origin.Kind.DEFAULT
                        || row.origin().kind() == Origin.Kind.INFERRED)
                .toList();
        if (unstated.isEmpty()) {
            return;
        }
        ObjectNode spec = JSON.objectNode();
        values.forEach((name, value) -> {
            if (unstated.stream().anyMatch(setting -> setting.name().equals(name))) {
                put(spec, Setting.pointer(name), value);
            }
        });
        throw new Unsupported(
                file,
                "does not state " + unstated.size() + " settings; if they are right, give "
                        + PrintedSpec.option(userSpec, spec));
    }

    /** Puts a value at a pointer. Missing elements of arrays become empty objects, which change nothing in a spec. */
    private static void put(ObjectNode spec, JsonPointer pointer, JsonNode value) {
        JsonNode parent = spec;
        for (JsonPointer at = pointer; !at.tail().matches(); at = at.tail()) {
            boolean list = at.tail().mayMatchElement();
            parent = child(parent, at, list ? JSON.arrayNode() : JSON.objectNode());
        }
        ((ObjectNode) parent).set(pointer.last().getMatchingProperty(), value);
    }

    private static JsonNode child(JsonNode parent, JsonPointer at, JsonNode empty) {
        if (parent instanceof ArrayNode array) {
            while (array.size() <= at.getMatchingIndex()) {
                array.addObject();
            }
            return array.get(at.getMatchingIndex());
        }
        ObjectNode object = (ObjectNode) parent;
        JsonNode child = object.get(at.getMatchingProperty());
        return child == null ? object.set(at.getMatchingProperty(), empty).get(at.getMatchingProperty()) : child;
    }

    /**
     * Returns the rows as lines of three columns: setting, value, origin.
     *
     * @param options the command's option by the setting that it stated, in place of {@code --spec}
     */
    public List<String> lines(Map<String, String> options) {
        int name = width(rows.stream().map(Setting::name).toList());
        int value = width(rows.stream().map(Setting::value).toList());
        String format = "%-" + name + "s  %-" + value + "s  %s";
        List<String> lines = new ArrayList<>();
        lines.add(format.formatted("setting", "value", "origin"));
        for (Setting row : rows) {
            boolean stated = row.origin().kind() == Origin.Kind.SPEC;
            String origin = row.origin().toString();
            lines.add(format.formatted(
                    row.name(), row.value(), stated ? options.getOrDefault(row.name(), origin) : origin));
        }
        return lines;
    }

    private static int width(Collection<String> column) {
        return column.stream()
                .mapToInt(String::length)
                .filter(length -> length <= 40)
                .max()
                .orElse(0);
    }
}
