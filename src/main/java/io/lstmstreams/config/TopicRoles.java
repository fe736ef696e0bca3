package io.lstmstreams.config;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a configuration, each with the key that names it. A topic has one role only: results that are written
 * to the input topic would be read as events. Not thread-safe.
 */
final class TopicRoles {
    private final Pattern internal;
    private final Map<String, String> keysByTopic = new HashMap<>();

    /** @param applicationId Kafka Streams' {@code application.id}, with which the names of its internal topics begin */
    TopicRoles(String applicationId) {
        this.internal = Pattern.compile(Pattern.quote(applicationId + "-") + ".*-(changelog|repartition)");
    }

    /**
     * Gives a topic its role.
     *
     * @param key the key that names the topic
     * @param topic the topic's name; nothing happens if it is null or empty
     * @throws ConfigException if the topic has a role already
     */
    TopicRoles add(String key, @Nullable String topic) {
        if (topic == null || topic.isEmpty()) {
            return this;
        }
        String other = keysByTopic.putIfAbsent(topic, key);
        if (other != null) {
            throw new ConfigException(other + " and " + key + " must name different topics, but both are " + topic
                    + ": choose another topic for one of them");
        }
        if (internal.matcher(topic).matches()) {
            throw new ConfigException(key + " must not name an internal topic of Kafka Streams, but is " + topic
                    + ": choose another topic");
        }
        return this;
    }
}
