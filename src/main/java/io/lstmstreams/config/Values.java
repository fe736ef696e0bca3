package io.lstmstreams.config;

import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** The parsed values of a configuration, with the types that Kafka's own class does not have. Immutable. */
final class Values extends AbstractConfig {
    Values(ConfigDef definition, Map<String, ?> properties) {
        super(definition, properties, false);
    }

    /** Returns a text; null if it is not set or blank. */
    @Nullable
    String text(String key) {
        String text = getString(key);
        return text == null || text.isBlank() ? null : text;
    }

    /** Returns a password; null if it is not set or empty. */
    @Nullable
    String secret(String key) {
        Password password = getPassword(key);
        return password == null || password.value().isEmpty() ? null : password.value();
    }

    /** Returns the enum constant whose name in the configuration is the value. */
    <E extends Enum<E>> E constant(Class<E> type, String key) {
        return Enum.valueOf(type, getString(key).toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Returns a part of a record: {@code key}, {@code header:NAME} or {@code field:/pointer}. */
    RecordPart keyOrOther(String key) {
        return RecordPart.keyOrOther(key, getString(key));
    }

    /** Returns a part of a record, {@code header:NAME} or {@code field:/pointer}; null for {@code none}. */
    @Nullable
    RecordPart partOrNone(String key) {
        return RecordPart.orNone(key, getString(key));
    }
}
