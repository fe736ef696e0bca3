package io.lstmstreams.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Validators of values, beyond their types. */
final class Validators {
    private static final Pattern MODEL_NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    private static final int MAX_PORT = 65_535;

    private Validators() {}

    /** Returns an enum constant's name in the configuration. */
    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E extends Enum<E>> ConfigDef.Validator oneOf(Class<E> type) {
        return ConfigDef.ValidString.in(
                Arrays.stream(type.getEnumConstants()).map(Validators::name).toArray(String[]::new));
    }

    static ConfigDef.Validator anyOf(String... names) {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    for (Object name : (List<?>) value) {
                        if (!List.of(names).contains(name)) {
                            throw new ConfigException(
                                    key, value, "\"" + name + "\" must be one of " + String.join(", ", names));
                        }
                    }
                },
                () -> "any of " + String.join(", ", names));
    }

    static ConfigDef.Validator notEmpty() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (value == null || value.toString().isBlank()) {
                        throw new ConfigException(key, value, "must not be empty");
                    }
                },
                () -> "not empty");
    }

    static ConfigDef.Validator pointer() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (!value.toString().isEmpty() && !value.toString().startsWith("/")) {
                        throw new ConfigException(key, value, "a JSON pointer must be empty or begin with /");
                    }
                },
                () -> "a JSON pointer");
    }

    static ConfigDef.Validator part() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> RecordPart.keyOrOther(key, value.toString()),
                () -> "key, header:NAME or field:/pointer");
    }

    static ConfigDef.Validator partOrNone() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> RecordPart.orNone(key, value.toString()), () -> "none, header:NAME or field:/pointer");
    }

    static ConfigDef.Validator portOrNone() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (value != null && ((int) value < 0 || (int) value > MAX_PORT)) {
                        throw new ConfigException(key, value, "a port must be from 0 to " + MAX_PORT);
                    }
                },
                () -> "0 to " + MAX_PORT);
    }

    static ConfigDef.Validator modelName() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (!MODEL_NAME.matcher(value.toString()).matches()) {
                        throw new ConfigException(
                                key, value, "a name must have 1 to 100 letters, digits, dots, - and _");
                    }
                },
                () -> "1 to 100 letters, digits, dots, - and _");
    }
}
