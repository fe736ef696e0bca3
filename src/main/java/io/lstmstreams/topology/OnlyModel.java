package io.lstmstreams.topology;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model that never changes while the application runs. */
final class OnlyModel implements Models {
    private final Active active;
    private final String name;
    private final String fingerprint;

    OnlyModel(ModelVersion version) {
        this.active = new Active(version, 0);
        this.name = version.model().network().name();
        this.fingerprint = version.model().network().fingerprintHex();
    }

    @Override
    public Active active(String any) {
        return active;
    }

    @Override
    public Map<String, ModelVersion> active() {
        return Map.of(name, active.version());
    }

    @Override
    public @Nullable ModelVersion find(long id) {
        return id == active.version().id() ? active.version() : null;
    }

    @Override
    public @Nullable ModelVersion findByFingerprint(String prefix) {
        return fingerprint.startsWith(prefix) ? active.version() : null;
    }

    @Override
    public boolean isUnder(String any, ModelVersion version) {
        return true;
    }

    @Override
    public @Nullable String nameOf(ModelVersion version) {
        return null;
    }

    @Override
    public boolean knows(long since) {
        return true;
    }
}
