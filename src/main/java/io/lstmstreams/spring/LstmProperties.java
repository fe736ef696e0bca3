package io.lstmstreams.spring;

import io.lstmstreams.config.InputConfig;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.config.SequenceConfig;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Reads the keys {@code lstm.*} from an application's properties, such as those in {@code application.yml}. */
final class LstmProperties {
    /** The keys, or with a dot at the end their beginnings, that only the application {@code lstm-streams run} uses. */
    private static final String[] APPLICATION_ONLY = {
        InputConfig.TOPIC_CONFIG,
        OutputConfig.TOPIC_CONFIG,
        OutputConfig.FORMAT_CONFIG,
        OutputConfig.VERDICT_TOPIC_CONFIG,
        SequenceConfig.ID_CONFIG,
        "lstm.model.",
        "lstm.shadow.",
        LstmStreamsConfig.STORE_MEMORY_BYTES_CONFIG,
        "lstm.http."
    };

    /** The end of a key that has an element of a list: {@code key.0} is the first one. */
    private static final Pattern INDEX = Pattern.compile("\\.\\d+$");

    private LstmProperties() {}

    /**
     * Returns the configuration.
     *
     * @throws ConfigException if a key is unknown or of no use in Spring, or a value is invalid; the message is one line
     */
    static LstmStreamsConfig read(Environment environment) {
        Map<String, String> keys = new TreeMap<>();
        Binder.get(environment)
                .bind("lstm", Bindable.mapOf(String.class, String.class))
                .orElse(Map.of())
                .forEach((key, value) -> keys.merge(
                        LstmStreamsConfig.PREFIX + INDEX.matcher(key).replaceFirst(""),
                        value,
                        (first, more) -> first + "," + more));
        keys.keySet().forEach(LstmProperties::checkUse);
        // The application requires topics. Nobody reads or writes these.
        keys.put(InputConfig.TOPIC_CONFIG, "(events)");
        keys.put(OutputConfig.VERDICT_TOPIC_CONFIG, "(verdicts)");
        keys.putIfAbsent(LstmStreamsConfig.BATCH_SIZE_CONFIG, "1"); // more only if the records are not changed before
        return LstmStreamsConfig.of(keys, Map.of());
    }

    private static void checkUse(String key) {
        for (String beginning : APPLICATION_ONLY) {
            if (key.equals(beginning) || beginning.endsWith(".") && key.startsWith(beginning)) {
                throw new ConfigException(
                        key + " has no effect in Spring: your topology reads and writes its own topics,"
                                + " and Spring serves health and metrics. Remove the key.");
            }
        }
    }
}
