package io.lstmstreams.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** What a value must be, beyond its type. */
final class Validators {
    private Validators() {}

    /** An enum constant as configuration writes it. */
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
                                    key, value, "\"" + name + "\" is none of " + String.join(", ", names));
                        }
                    }
                },
                () -> "any of " + String.join(", ", names));
    }

    static ConfigDef.Validator notEmpty() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (value == null || value.toString().isBlank()) {
                        throw new ConfigException(key, value, "it must not be empty");
                    }
                },
                () -> "not empty");
    }

    static ConfigDef.Validator pointer() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (!value.toString().isEmpty() && !value.toString().startsWith("/")) {
                        throw new ConfigException(key, value, "a JSON pointer begins with /");
                    }
                },
                () -> "a JSON pointer");
    }

    static ConfigDef.Validator sequenceId() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> SequenceId.parse(value.toString()), () -> "key, header:NAME or field:/pointer");
    }
}
