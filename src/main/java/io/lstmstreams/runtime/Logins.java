package io.lstmstreams.runtime;

import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/** Checks the logins of Kafka's clients. */
final class Logins {
    private Logins() {}

    /**
     * Reads each {@code sasl.jaas.config}, of any client, before Kafka does. Kafka quotes a part of a value that it
     * cannot read, which can be a part of a password.
     *
     * @throws ConfigException if a value cannot be read; the message quotes none of it
     */
    static void check(Map<String, Object> kafka) {
        kafka.forEach((key, value) -> {
            if (key.endsWith(SaslConfigs.SASL_JAAS_CONFIG)) {
                try {
                    JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(value.toString())));
                } catch (RuntimeException e) {
                    throw new ConfigException(
                            key + " cannot be read, or names a login module that is not allowed. It must have the form"
                                    + " MODULE required name=\"value\" ...; with a \\ before each \" and \\ in a"
                                    + " value.");
                }
            }
        });
    }
}
