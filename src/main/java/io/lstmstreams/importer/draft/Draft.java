package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model as an importer finds it in a foreign file. The importer adds the layers and heads, and states the input and
 * the execution as far as the file does; {@link Inference} completes the draft together with the user's spec. Not
 * thread-safe.
 */
public final class Draft {
    private final String file;
    private final List<DraftLayer> layers = new ArrayList<>();
    private final List<DraftHead> heads = new ArrayList<>();
    private final Map<String, Setting> settings = new LinkedHashMap<>(); // of layers, by name
    private final List<Required> required = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private DraftInput input = DraftInput.numbers(0);
    private boolean firstHeadPredicts = true;
    private boolean headsKeepTheirOrder = true;
    private @Nullable Execution execution;
    private @Nullable Double maskValue;
    private boolean headActivationsAreRequired;
    private String executionUnknown = "the file does not state it";

    /** A setting that the file does not state and nothing suggests. */
    record Required(int layer, String option, String owner, JsonNode example) {
        String name() {
            return layerSetting(layer, option);
        }
    }

    /** The execution as the file states it: its spec, and the setting for the user. */
    record Execution(ObjectNode spec, Setting setting) {}

    /**
     * Creates an empty draft.
     *
     * @param file the file's name in errors
     */
    public Draft(String file) {
        this.file = file;
    }

    /**
     * Adds a layer.
     *
     * @param from the positions of the layers that it reads, -1 for the model's input
     * @return the layer's position
     */
    public int addLayer(DraftLayer layer, List<Integer> from) {
        int position = layers.size();
        ObjectNode spec = layer.spec().deepCopy();
        if (from.size() != 1 || from.get(0) != position - 1) {
            ArrayNode array = spec.putArray("from");
            from.forEach(array::add);
        }
        layers.add(new DraftLayer(spec, layer.parameters(), layer.outputs(), layer.assumptions()));
        layer.assumptions().forEach(each -> assume(position, each.option(), each.value(), each.origin()));
        return position;
    }

    /** Adds a layer that reads the layer before it and returns its position. */
    public int addLayer(DraftLayer layer) {
        return addLayer(layer, List.of(layers.size() - 1));
    }

    /** Sets the activation of a layer that was linear. */
    public void setActivation(int position, JsonNode activation) {
        layers.get(position).spec().set("activation", activation);
        settings.remove(layerSetting(position, "activation"));
    }

    /** Adds a head. A name that another head has gets a number. */
    public void addHead(DraftHead head) {
        String unique = head.name();
        for (int i = 1; isHead(unique); i++) {
            unique = head.name() + "_" + i;
        }
        heads.add(head.withName(unique));
    }

    private boolean isHead(String name) {
        return heads.stream().anyMatch(head -> head.name().equals(name));
    }

    /** States that the file does not state the activations of heads with parameters. */
    public void headActivationsAreUnknown() {
        heads.replaceAll(head -> head.parameters().isEmpty() ? head : head.withoutActivation());
    }

    /**
     * Requires that the user's spec states the activations of heads that the file does not state, or that the model is
     * about events.
     */
    public void requireHeadActivations() {
        headActivationsAreRequired = true;
    }

    /**
     * States that the file has no order of heads, so that any of them may be the one that predicts events. It becomes
     * the first, unless the user's spec refers to the heads.
     *
     * @param referenced true if the user's spec refers to the heads by their order in this draft, which they then keep
     */
    public void headsAreUnsorted(boolean referenced) {
        firstHeadPredicts = false;
        headsKeepTheirOrder = referenced;
    }

    /** States the input, whose size and meaning are unknown otherwise. */
    public void input(DraftInput stated) {
        input = stated;
    }

    /** States that the state is carried from step to step. */
    public void carry(Origin origin) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode().put("mode", "carry");
        execution = new Execution(spec, new Setting("execution", "carry", origin));
    }

    /**
     * States that each step starts from a zero state and reads a window of events.
     *
     * @param length the number of events
     * @param padded true if zeros precede a shorter sequence
     */
    public void window(int length, boolean padded, Origin origin) {
        ObjectNode spec =
                JsonNodeFactory.instance.objectNode().put("mode", "window").put("length", length);
        if (padded) {
            spec.put("padding", "zeros");
        }
        execution = new Execution(spec, new Setting("execution", "window of " + length, origin));
    }

    /**
     * States that an event whose numbers all equal a value leaves the state unchanged.
     *
     * @param origin the origin of the value
     */
    public void mask(double value, Origin origin) {
        maskValue = value;
        settings.put("execution.maskValue", new Setting("execution.maskValue", Double.toString(value), origin));
    }

    /** States the reason why the execution is not stated, in place of the usual one. */
    public void executionIsUnknown(String reason) {
        executionUnknown = reason;
    }

    /**
     * Records a layer's setting that is not stated by the file. The layer's spec has the value already, or the value is
     * the spec's default.
     *
     * @param position the layer's position
     */
    public void assume(int position, String option, String value, Origin origin) {
        String name = layerSetting(position, option);
        settings.put(name, new Setting(name, value, origin));
    }

    /**
     * Requires that the user's spec states a setting of a layer.
     *
     * @param position the layer's position
     * @param owner the layer's tensor or scope in the file
     * @param example a possible value, for the error, which shows a spec with a blank
     */
    public void require(int position, String option, String owner, JsonNode example) {
        required.add(new Required(position, option, owner, example));
    }

    private static String layerSetting(int position, String option) {
        return "layers[" + position + "]." + option;
    }

    /** Adds a note for the user, once. */
    public void note(String note) {
        notes.add(note);
    }

    String file() {
        return file;
    }

    /** Returns the layers from the input upwards. */
    public List<DraftLayer> layers() {
        return layers;
    }

    List<DraftHead> heads() {
        return heads;
    }

    boolean firstHeadPredicts() {
        return firstHeadPredicts;
    }

    boolean headsKeepTheirOrder() {
        return headsKeepTheirOrder;
    }

    DraftInput input() {
        return input;
    }

    @Nullable
    Execution execution() {
        return execution;
    }

    @Nullable
    Double maskValue() {
        return maskValue;
    }

    boolean headActivationsAreRequired() {
        return headActivationsAreRequired;
    }

    String executionUnknown() {
        return executionUnknown;
    }

    Map<String, Setting> settings() {
        return settings;
    }

    List<Required> required() {
        return required;
    }

    Set<String> notes() {
        return notes;
    }
}
