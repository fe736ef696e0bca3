package io.lstmstreams.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Models that the test publishes. */
final class PublishedModels implements Models {
    private final Map<String, Active> active = new HashMap<>();
    private final Map<String, List<String>> names = new HashMap<>(); // the names of a model, by its SHA-256
    private final List<ModelVersion> known = new ArrayList<>();
    private long time;

    /** Makes a model the active one. */
    void publish(String name, ModelVersion version) {
        active.put(name, new Active(version, time++));
        names.computeIfAbsent(version.sha256(), any -> new ArrayList<>()).add(name);
        offer(version);
    }

    /** Makes a model available without activating it. */
    void offer(ModelVersion version) {
        known.add(version);
    }

    /** Makes a model unavailable. */
    void withdraw(ModelVersion version) {
        known.removeIf(other -> other.id() == version.id());
    }

    @Override
    public Active active(String name) {
        return active.get(name);
    }

    @Override
    public Map<String, ModelVersion> active() {
        Map<String, ModelVersion> versions = new HashMap<>();
        active.forEach((name, one) -> versions.put(name, one.version()));
        return versions;
    }

    @Override
    public ModelVersion find(long id) {
        return known.stream().filter(version -> version.id() == id).findFirst().orElse(null);
    }

    @Override
    public ModelVersion findByFingerprint(String fingerprint) {
        return known.stream()
                .filter(version -> version.model().network().fingerprintHex().startsWith(fingerprint))
                .findFirst()
                .orElse(null);
    }

    @Override
    public boolean isUnder(String name, ModelVersion version) {
        return names.getOrDefault(version.sha256(), List.of()).contains(name);
    }

    @Override
    public String nameOf(ModelVersion version) {
        List<String> all = names.getOrDefault(version.sha256(), List.of());
        return all.isEmpty() ? null : all.get(0);
    }

    @Override
    public boolean knows(long since) {
        return true;
    }
}
