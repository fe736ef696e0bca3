package io.lstmstreams.config;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * References to values in other places, such as {@code ${file:/run/secrets/kafka.properties:password}}. Kafka's config
 * providers resolve them, for all keys.
 */
final class References {
    private static final String PROVIDERS = AbstractConfig.CONFIG_PROVIDERS_CONFIG;

    private References() {}

    /**
     * Replaces the references of a configuration by their values, using the configured providers. The result does not
     * contain the providers' keys, so that no resolved value is treated as a reference again.
     *
     * @throws ConfigException if a referenced value does not exist; the message is one line that names the key
     */
    static Map<String, Object> resolve(Map<String, ?> configuration) {
        Object configured = configuration.get(PROVIDERS);
        if (configured == null) {
            return new TreeMap<>(configuration);
        }
        Map<String, Object> given = new TreeMap<>(configuration);
        String providers = configured.toString().replace(" ", ""); // Kafka would treat blanks as a part of a name
        given.put(PROVIDERS, providers);
        Map<String, Object> resolved = new TreeMap<>(new AbstractConfig(new ConfigDef(), given, false).originals());
        resolved.keySet().removeIf(key -> key.equals(PROVIDERS) || key.startsWith(PROVIDERS + "."));
        for (String provider : providers.split(",", -1)) {
            Pattern reference = Pattern.compile("\\$\\{" + Pattern.quote(provider) + ":[^}]*}");
            resolved.forEach((key, value) -> {
                // Kafka leaves a reference to a missing value unchanged, which would then be used as the password.
                Stream<MatchResult> references =
                        reference.matcher(String.valueOf(given.get(key))).results();
                if (references.anyMatch(found -> value.toString().contains(found.group()))) {
                    throw new ConfigException(
                            key + " refers to a value that config provider " + provider + " does not have");
                }
            });
        }
        return resolved;
    }
}
