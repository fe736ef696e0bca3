package io.lstmstreams.connect;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.Utf8;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigException;

/** A splitter of text lines into fields: those of a JSON object, or the named groups of a pattern. */
final class TextLine {
    private final Pattern pattern;
    private final Map<String, String> fieldsByGroup;

    /**
     * Creates a splitter.
     *
     * @param pattern a regular expression that matches a whole line
     * @param fieldsByGroup the field name of each named group; groups that the pattern does not have are ignored
     */
    TextLine(Pattern pattern, Map<String, String> fieldsByGroup) {
        this.pattern = pattern;
        this.fieldsByGroup = new HashMap<>(fieldsByGroup);
        this.fieldsByGroup.keySet().removeIf(group -> !hasGroup(pattern, group));
    }

    /**
     * Compiles a pattern.
     *
     * @throws ConfigException if the text is not a regular expression, or a group is missing
     */
    static Pattern pattern(String key, String regex, List<String> groups) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    key, regex, "invalid regular expression: " + e.getDescription() + " at index " + e.getIndex());
        }
        for (String group : groups) {
            if (!hasGroup(pattern, group)) {
                throw new ConfigException(key, regex, "the group (?<" + group + ">...) is missing");
            }
        }
        return pattern;
    }

    private static boolean hasGroup(Pattern pattern, String group) {
        return pattern.pattern().contains("(?<" + group + ">");
    }

    /**
     * Splits one line.
     *
     * @throws BadEventException if the line is neither a JSON object nor matches the pattern
     */
    Fields split(String line) {
        if (line.stripLeading().startsWith("{")) {
            return Fields.of(JsonEventDecoder.parse(Utf8.encode(line, "the line")));
        }
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            throw new BadEventException("the line must match line.pattern or be a JSON object");
        }
        Map<String, Object> fields = new HashMap<>();
        fieldsByGroup.forEach((group, field) -> fields.put(field, matcher.group(group)));
        return fields::get;
    }
}
