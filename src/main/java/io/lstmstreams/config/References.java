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
 * Values that stand elsewhere, such as {@code ${file:/run/secrets/kafka.properties:password}}: Kafka's config providers
 * fetch them, for its keys and for ours alike.
 */
final class References {
    private static final String PROVIDERS = AbstractConfig.CONFIG_PROVIDERS_CONFIG;

    private References() {}

    /**
     * Puts in what the references of a configuration stand for, by the providers that it names. Those keys are gone from the
     * answer, so that nobody takes a fetched value for a reference again.
     *
     * @throws ConfigException if there is a reference to nothing, in one line that names the key
     */
    static Map<String, Object> resolve(Map<String, ?> configuration) {
        if (!configuration.containsKey(PROVIDERS)) {
            return new TreeMap<>(configuration);
        }
        Map<String, Object> given = new TreeMap<>(configuration);
        // Kafka would take blanks for a part of a name.
        given.put(PROVIDERS, given.get(PROVIDERS).toString().replace(" ", ""));
        Map<String, Object> resolved = new TreeMap<>(new AbstractConfig(new ConfigDef(), given, false).originals());
        resolved.keySet().removeIf(key -> key.equals(PROVIDERS) || key.startsWith(PROVIDERS + "."));
        for (String provider : given.get(PROVIDERS).toString().split(",", -1)) {
            Pattern reference = Pattern.compile("\\$\\{" + Pattern.quote(provider) + ":[^}]*}");
            resolved.forEach((key, value) -> {
                // Kafka leaves a reference to nothing as it is: it would be taken for the password itself.
                Stream<MatchResult> references =
                        reference.matcher(given.get(key).toString()).results();
                if (references.anyMatch(found -> value.toString().contains(found.group()))) {
                    throw new ConfigException(
                            key + " refers to a value that config provider " + provider + " does not have");
                }
            });
        }
        return resolved;
    }
}
