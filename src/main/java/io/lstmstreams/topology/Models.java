package io.lstmstreams.topology;

import java.util.Map;

/**
 * The models of an application, of which others may become the active ones while it runs. Implementations are safe for any
 * number of threads.
 */
public interface Models {
    /**
     * The model that takes new sequences.
     *
     * @param version the model
     * @param since when it took over: a larger number for a later time, the same in every instance
     */
    record Active(ModelVersion version, long since) {}

    /** The active model of this name; null if there is none. Asked for every record: it must not wait for anything. */
    Active active(String name);

    /** The model of each name that takes new sequences now; of the only model the name is null. */
    Map<String, ModelVersion> active();

    /**
     * The model that a stored state belongs to, active or not. May take the time of loading it.
     *
     * @param id the model's {@link ModelVersion#id}
     * @param fingerprint where that is 0, the first half of the model's fingerprint in hexadecimal
     * @return null if it is not available
     * @throws RuntimeException if it cannot be fetched now, after it was tried for a while
     */
    ModelVersion find(long id, String fingerprint);

    /** Whether a model is or was one of this name. */
    boolean isUnder(String name, ModelVersion version);

    /** A name that a model is or was one of; null if it has none. */
    String nameOf(ModelVersion version);

    /** Whether this instance has learnt of what happened at that time, as {@link Active#since} counts. */
    boolean knows(long since);

    /** Returns one model that never changes, for every name. */
    static Models only(ModelVersion version) {
        return new OnlyModel(version);
    }
}
