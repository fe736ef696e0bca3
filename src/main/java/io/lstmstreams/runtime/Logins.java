package io.lstmstreams.runtime;

import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/** What users log in with. */
final class Logins {
    private Logins() {}

    /**
     * Reads every {@code sasl.jaas.config}, whatever client it is for, before Kafka does: of one that it cannot read Kafka
     * quotes a part, and after a quotation mark too many in a password that is a part of the password.
     *
     * @throws ConfigException if one cannot be read, without a word of it
     */
    static void check(Map<String, Object> kafka) {
        kafka.forEach((key, value) -> {
            if (key.endsWith(SaslConfigs.SASL_JAAS_CONFIG)) {
                try {
                    JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(value.toString())));
                } catch (RuntimeException e) {
                    throw new ConfigException(
                            key + " cannot be read, or names a login module that is not allowed. It is"
                                    + " MODULE required name=\"value\" ...; with a \\ before each \" and \\ of a value.");
                }
            }
        });
    }
}
