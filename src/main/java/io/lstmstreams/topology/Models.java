package io.lstmstreams.topology;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models of an application, which may change while it runs. Implementations are safe for any number of threads. */
public interface Models {
    /**
     * The model that advances the new sequences of a name.
     *
     * @param version the model
     * @param since the position at which the model became active: it grows with time and is the same in every instance
     */
    record Active(ModelVersion version, long since) {}

    /** Returns the active model of a name; null if there is none. Called for every record, and never waits. */
    @Nullable
    Active active(String name);

    /** Returns the active models by their names. A model that never changes has the name of its network. */
    Map<String, ModelVersion> active();

    /**
     * Returns the model that stored states belong to, active or not. May wait until the model is loaded.
     *
     * @param id the model's {@link ModelVersion#id}, which is not 0
     * @return null if the model is not available
     * @throws RuntimeException if the model cannot be loaded now, even after retries
     */
    @Nullable
    ModelVersion find(long id);

    /**
     * Returns the model that stored states without a model id belong to, active or not. May wait until the model is
     * loaded.
     *
     * @param fingerprint the first half of the network's fingerprint in hexadecimal
     * @return null if the model is not available
     * @throws RuntimeException if the model cannot be loaded now, even after retries
     */
    @Nullable
    ModelVersion findByFingerprint(String fingerprint);

    /** Returns whether a model is or was published under a name. */
    boolean isUnder(String name, ModelVersion version);

    /** Returns a name that a model is or was published under; null if it has none. */
    @Nullable
    String nameOf(ModelVersion version);

    /** Returns whether this instance has read the models up to a position, see {@link Active#since}. */
    boolean knows(long since);

    /** Returns one model that never changes, for every name. */
    static Models only(ModelVersion version) {
        return new OnlyModel(version);
    }
}
