package io.lstmstreams.config;

import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** The reference page of the configuration, generated from the declaration of the keys. */
public final class ConfigReference {
    private ConfigReference() {}

    /** Returns the page with every key that starts with {@value LstmStreamsConfig#PREFIX}, in Markdown. */
    public static String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("# Configuration\n\n")
                .append(
                        "One properties file configures the application. The keys below are those of lstm-streams; every other")
                .append(
                        " key goes to Kafka\nStreams unchanged. The environment variable `LSTM_STREAMS_X_Y` overrides the key")
                .append(" `x.y`: `LSTM_STREAMS_LSTM_MODEL` sets\n`lstm.model`. A value may refer to a file, as in")
                .append(" `${file:/path:key}`: see [security](security.md#secrets).\n\n")
                .append("This page is generated from the declaration of the keys by\n")
                .append("`mvn test -Dtest=ConfigReferenceTest -Dupdate.docs=true`.\n");
        LstmStreamsConfig.definition().configKeys().values().stream()
                .sorted((a, b) -> a.name.compareTo(b.name))
                .forEach(key -> append(page, key));
        return page.toString();
    }

    private static void append(StringBuilder page, ConfigDef.ConfigKey key) {
        page.append("\n## `")
                .append(key.name)
                .append("`\n\n")
                .append(key.documentation)
                .append("\n\n");
        row(page, "Type", key.type.name().toLowerCase(Locale.ROOT));
        row(page, "Default", key.hasDefault() ? value(key.defaultValue) : "none, it must be set");
        if (key.validator != null) {
            row(page, "Valid values", key.validator.toString());
        }
        row(page, "Importance", key.importance.name().toLowerCase(Locale.ROOT));
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("- ").append(name).append(": ").append(value).append('\n');
    }

    private static String value(@Nullable Object value) {
        String text = value instanceof List<?> list
                ? String.join(",", list.stream().map(Object::toString).toList())
                : String.valueOf(value);
        if (value == null) {
            return "not set";
        }
        return text.isEmpty() ? "empty" : "`" + text + "`";
    }
}
