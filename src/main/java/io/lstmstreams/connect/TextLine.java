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

/** Splits a line of text into fields: a JSON object has its own, any other line those that a pattern has groups for. */
final class TextLine {
    private final Pattern pattern;
    private final Map<String, String> fieldsByGroup;

    /**
     * Prepares for lines of one form.
     *
     * @param pattern a regular expression that a whole line matches
     * @param fieldsByGroup which field each of its named groups is; a group that the pattern lacks is left out
     */
    TextLine(Pattern pattern, Map<String, String> fieldsByGroup) {
        this.pattern = pattern;
        this.fieldsByGroup = new HashMap<>(fieldsByGroup);
        this.fieldsByGroup.keySet().removeIf(group -> !hasGroup(pattern, group));
    }

    /**
     * Reads a pattern.
     *
     * @throws ConfigException if it is no regular expression, or lacks one of the groups
     */
    static Pattern pattern(String key, String regex, List<String> groups) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    key, regex, "no regular expression: " + e.getDescription() + " at index " + e.getIndex());
        }
        for (String group : groups) {
            if (!hasGroup(pattern, group)) {
                throw new ConfigException(key, regex, "it has no group (?<" + group + ">...)");
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
     * @throws BadEventException if it is neither a JSON object nor what the pattern describes
     */
    Fields split(String line) {
        if (line.stripLeading().startsWith("{")) {
            return Fields.of(JsonEventDecoder.parse(Utf8.encode(line, "the line")));
        }
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            throw new BadEventException("the line is not of the form that line.pattern describes");
        }
        Map<String, Object> fields = new HashMap<>();
        fieldsByGroup.forEach((group, field) -> fields.put(field, matcher.group(group)));
        return fields::get;
    }
}
