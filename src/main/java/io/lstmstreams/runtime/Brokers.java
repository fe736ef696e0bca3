package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first contact with the brokers: says in one line what it waits for, and in one line that nobody answers. */
public final class Brokers {
    private static final Logger LOG = LoggerFactory.getLogger(Brokers.class);
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final int TIMEOUT_MS = 30_000;

    private Brokers() {}

    /** Waits until a broker of a configuration answers, as the other method does. */
    public static void await(LstmStreamsConfig config) {
        await(new StreamsConfig(config.kafka()).getAdminConfigs("first-contact"));
    }

    /**
     * Waits until a broker answers, for {@code default.api.timeout.ms}, by default 30 s. Logs one line after 5 s.
     *
     * @param admin the settings of an admin client
     * @throws ApplicationException if no broker answers, or the brokers refuse the client
     */
    public static void await(Map<String, Object> admin) {
        Map<String, Object> settings = patient(admin);
        try (Admin client = open(settings)) {
            answer(client.describeCluster().clusterId(), settings);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnsupportedVersionException)) { // which is an answer
                throw failure(settings, Failures.causeOf(e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApplicationException("interrupted before a broker answered", e);
        }
    }

    /** Returns the settings of an admin client that waits 30 s for an answer, unless the user has set a time. */
    static Map<String, Object> patient(Map<String, Object> admin) {
        Map<String, Object> settings = new HashMap<>(admin);
        if (!settings.containsKey(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG)) { // which must not be longer
            settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        }
        return settings;
    }

    /**
     * Creates an admin client.
     *
     * @throws ApplicationException if the settings are invalid, for example if no host of the brokers is known
     */
    static Admin open(Map<String, Object> settings) {
        try {
            return Admin.create(settings);
        } catch (KafkaException e) {
            throw new ApplicationException(
                    "no connection to " + servers(settings) + " is possible: " + Failures.innermost(e), e);
        }
    }

    /** Waits for the first answer. Logs one line after 5 s, and then waits as long as the client does. */
    static <T> T answer(KafkaFuture<T> future, Map<String, Object> settings)
            throws InterruptedException, ExecutionException {
        try {
            return future.get(QUIET.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            LOG.warn("no broker has answered for {} s: waiting for {}", QUIET.toSeconds(), servers(settings));
            return future.get();
        }
    }

    /** Returns the exception for a failed first contact. */
    static ApplicationException failure(Map<String, Object> settings, Throwable cause) {
        return cause instanceof TimeoutException
                ? new ApplicationException(
                        "no broker answers at " + servers(settings)
                                + ": start a broker there, or correct the address; if the"
                                + " brokers require TLS or a login, set security.protocol",
                        cause)
                : new ApplicationException(
                        "the brokers at " + servers(settings) + " refuse: " + Failures.innermost(cause), cause);
    }

    private static String servers(Map<String, Object> settings) {
        return settings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG) + " ("
                + AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG + ")";
    }
}
