package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.modelfile.ModelContent;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Completes a draft: settings that neither the file nor the user's spec states are inferred, by the same rules for
 * every framework. Sizes alone never make an input an event: a forecaster of n numbers has n outputs as well.
 *
 * <ul>
 *   <li>The user's spec is <em>about events</em> if it has a vocabulary, an end symbol or a scoring rule.
 *   <li>The input vector x is one-hot if a head has as many outputs as x, or one more (the end of a sequence), and if
 *       the head is a softmax or the spec is about events.
 *   <li>x is an index if it is a single number, a head has several outputs, and the spec is about events.
 *   <li>x is dense in every other case, and if the first layer normalises it.
 *   <li>The head of events has a softmax if its activation is unknown, or if it is linear and the spec is about events:
 *       its outputs are then logits. Every other head whose activation is unknown is linear.
 *   <li>The state is carried from step to step.
 * </ul>
 */
public final class Inference {
    private static final String SOFTMAX = "softmax";
    private static final String LINEAR = "linear";

    private final Draft draft;
    private final ObjectNode userSpec;
    private final List<DraftHead> heads; // the head of events becomes the first
    private final List<Setting> settings = new ArrayList<>();
    private final ObjectNode spec = JsonNodeFactory.instance.objectNode();
    private @Nullable DraftHead eventHead;

    private Inference(Draft draft, ObjectNode userSpec) {
        this.draft = draft;
        this.userSpec = userSpec;
        this.heads = heads(draft, userSpec);
    }

    /** Returns the heads with the activations of the user's spec, whose heads have the file's order. */
    private static List<DraftHead> heads(Draft draft, ObjectNode userSpec) {
        List<DraftHead> heads = new ArrayList<>(draft.heads());
        boolean sorted = draft.headsKeepTheirOrder() || heads.size() == 1;
        for (int i = 0; sorted && i < heads.size(); i++) {
            JsonNode stated = userSpec.path("heads").path(i).path("activation");
            if (!stated.isMissingNode() && !stated.isNull()) {
                heads.set(i, heads.get(i).withActivation(stated));
            }
        }
        return heads;
    }

    /**
     * Completes a draft.
     *
     * @param userSpec the user's spec, complete or partial, perhaps empty
     * @throws Unsupported if the user's spec must state a setting and does not
     */
    public static CompleteDraft complete(Draft draft, ObjectNode userSpec) {
        return new Inference(draft, userSpec).complete();
    }

    private CompleteDraft complete() {
        input();
        checkRequired();
        settings.addAll(draft.settings().values());
        ArrayNode layers = spec.putArray("layers");
        draft.layers().forEach(layer -> layers.add(layer.spec()));
        writeHeads();
        execution();
        settings.replaceAll(this::withOrigin);
        return new CompleteDraft(
                new ModelContent(
                        spec,
                        draft.layers().stream().map(DraftLayer::parameters).toList(),
                        heads.stream().map(DraftHead::parameters).toList()),
                List.copyOf(settings),
                List.copyOf(draft.notes()),
                userSpec);
    }

    private Setting withOrigin(Setting setting) {
        boolean stated = !userSpec.at(setting.pointer()).isMissingNode();
        return stated ? new Setting(setting.name(), setting.value(), Origin.SPEC) : setting;
    }

    /** Refuses a draft with settings that the user must state; the error shows a spec with blanks. */
    private void checkRequired() {
        List<Draft.Required> missing = draft.required().stream()
                .filter(setting -> userSpec.at(Setting.pointer(setting.name())).isMissingNode())
                .toList();
        List<String> names = new ArrayList<>();
        Set<String> examples = new LinkedHashSet<>();
        ObjectNode blank = JsonNodeFactory.instance.objectNode();
        if (!missing.isEmpty()) {
            ArrayNode layers = blank.putArray("layers");
            draft.layers().forEach(layer -> layers.addObject().setAll(cellAndFrom(layer)));
            for (Draft.Required setting : missing) {
                names.add(setting.name() + " (of " + setting.owner() + ")");
                examples.add(setting.example().toString());
                ((ObjectNode) layers.get(setting.layer())).put(setting.option(), "?");
            }
        }
        boolean branches =
                heads.stream().anyMatch(head -> head.from() != draft.layers().size() - 1);
        ArrayNode ends = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < heads.size(); i++) {
            DraftHead head = heads.get(i);
            ObjectNode end = ends.addObject();
            if (branches && !missing.isEmpty()) {
                end.put("name", head.name()).put("from", head.from());
            }
            if (draft.headActivationsAreRequired()
                    && head.activation() == null
                    && !(head == eventHead && hasEvents())) {
                names.add("heads[" + i + "].activation (of " + head.source() + ")");
                examples.add("\"sigmoid\"");
                end.put("activation", "?");
            }
        }
        if (names.isEmpty()) {
            return;
        }
        if (!ends.findParents("from").isEmpty()
                || !ends.findParents("activation").isEmpty()) {
            blank.set("heads", ends);
        }
        throw new Unsupported(
                draft.file(),
                "the file does not state " + String.join(" and ", names) + "; give "
                        + PrintedSpec.option(userSpec, blank) + " with your model's value for each \"?\", such as "
                        + String.join(" or ", examples));
    }

    private static ObjectNode cellAndFrom(DraftLayer layer) {
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        shown.set("cell", layer.spec().path("cell"));
        if (layer.spec().has("from")) {
            shown.set("from", layer.spec().get("from"));
        }
        return shown;
    }

    private void input() {
        DraftInput input = draft.input();
        String stated = userSpec.path("input").path("encoding").asText("");
        switch (stated.isEmpty() ? encodingOf(input) : stated) {
            case "index" -> {
                eventHead = widest();
                input("index", 1, "because x is a single number and the model predicts one of several events");
            }
            case "one-hot" -> {
                eventHead = headOf(input.size(), input.kind() == DraftInput.Kind.SYMBOL, !stated.isEmpty());
                input("one-hot", input.size(), input.reason().isEmpty() ? reasonOfOneHot(input) : input.reason());
            }
            case "fields" -> {
                ArrayNode found = withEvent(input.fields());
                JsonNode fields =
                        stated.isEmpty() ? found : userSpec.path("input").path("fields");
                eventHead = headOf(events(fields), false, true);
                input("fields", input.size(), input.reason());
                if (!found.isEmpty()) {
                    spec.withObject("/input").set("fields", found);
                }
            }
            default -> input("dense", input.size(), input.reason().isEmpty() ? reasonOfDense(input) : input.reason());
        }
    }

    /**
     * Returns the fields of several inputs. If none is one-hot, the only vector that is as long as a head of events
     * is the
     * event, by the rule for a single input.
     */
    private ArrayNode withEvent(ArrayNode fields) {
        List<Integer> vectors = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            String encoding = fields.get(i).path("encoding").asText();
            if (encoding.equals("one-hot")) {
                return fields;
            }
            if (encoding.equals("dense") && headOf(fields.get(i).path("size").asLong(), false, false) != null) {
                vectors.add(i);
            }
        }
        if (vectors.size() != 1) {
            return fields;
        }
        ArrayNode result = fields.deepCopy();
        int event = vectors.get(0);
        ((ObjectNode) result.get(event)).put("encoding", "one-hot");
        Origin origin = hasEvents()
                ? Origin.SPEC
                : Origin.inferred("because a softmax has an output for each of its elements, or one more");
        settings.add(
                new Setting("input.fields[" + event + "]", result.get(event).toString(), origin));
        return result;
    }

    private void input(String encoding, long size, String reason) {
        spec.putObject("input").put("encoding", encoding).put("size", (int) size);
        Origin origin = originOfInput(encoding, reason);
        settings.add(new Setting("input.encoding", encoding + " of " + size, origin));
    }

    private Origin originOfInput(String encoding, String reason) {
        if (!draft.input().reason().isEmpty()) {
            return Origin.file(reason);
        }
        return hasEvents() && !encoding.equals("dense") ? Origin.SPEC : Origin.inferred(reason);
    }

    private String encodingOf(DraftInput input) {
        return switch (input.kind()) {
            case SYMBOL -> "one-hot";
            case FIELDS -> "fields";
            case MEASUREMENTS -> "dense";
            case NUMBERS -> {
                if (input.size() == 1 && widest() != null && hasEvents()) {
                    yield "index";
                }
                boolean normalised = startsWith("batch_norm") || startsWith("layer_norm"); // common for measurements
                yield !normalised && headOf(input.size(), false, false) != null ? "one-hot" : "dense";
            }
        };
    }

    private String reasonOfDense(DraftInput input) {
        String reason = "because nothing states that the numbers are a one-hot vector";
        boolean sized = heads.stream()
                .anyMatch(head -> head.outputs() > 1
                        && (input.size() == 1 || head.outputs() == input.size() || head.outputs() == input.size() + 1));
        return sized && !hasEvents() ? reason + "; for a model of events, give --vocabulary FILE" : reason;
    }

    private boolean startsWith(String cell) {
        return draft.layers().get(0).spec().path("cell").asText().equals(cell);
    }

    private String reasonOfOneHot(DraftInput input) {
        boolean end = eventHead != null && eventHead.outputs() == input.size() + 1;
        String head = eventHead != null && eventHead.isProbabilities() ? "a softmax" : "a head";
        return "because " + head + (end ? " has one more output, for the end of a sequence" : " has as many outputs");
    }

    /**
     * Returns the number of events of the first one-hot field, which is the predicted field; 0 without such a field.
     */
    private static long events(JsonNode fields) {
        for (JsonNode field : fields) {
            if (field.path("encoding").asText("").equals("one-hot")) {
                return field.path("size").asLong(field.path("vocabulary").size());
            }
        }
        return 0;
    }

    /** Returns the heads that may predict events: all of them, or only the first if the file states their order. */
    private List<DraftHead> candidates() {
        return heads.subList(0, draft.firstHeadPredicts() ? Math.min(1, heads.size()) : heads.size());
    }

    /**
     * Returns the head that predicts one of some events, or null: it has an output for each event, or one more, for the
     * end of a sequence, or one less if an embedding has a row for the padding, which is never predicted.
     *
     * @param stated true if the user's spec or the file states that x is an event
     */
    private @Nullable DraftHead headOf(long events, boolean embedding, boolean stated) {
        boolean eventsStated = stated || embedding || hasEvents();
        for (long outputs : new long[] {events, events + 1, events - 1}) {
            boolean fits = outputs > 1 && (outputs >= events ? events > 1 : embedding);
            for (DraftHead head : candidates()) {
                boolean predicts =
                        head.isProbabilities() || (eventsStated && (head.activation() == null || head.isLogits()));
                if (fits && predicts && head.outputs() == outputs) {
                    return head;
                }
            }
        }
        return null;
    }

    /** Returns whether the user's spec says that the model reads and predicts events. */
    private boolean hasEvents() {
        JsonNode input = userSpec.path("input");
        return userSpec.hasNonNull("scoring") || input.hasNonNull("vocabulary") || input.hasNonNull("end");
    }

    /** Returns the head with the most outputs, which must be several, or null. */
    private @Nullable DraftHead widest() {
        DraftHead widest = null;
        for (DraftHead head : candidates()) {
            if (head.outputs() > (widest == null ? 1 : widest.outputs())) {
                widest = head;
            }
        }
        return widest;
    }

    private void writeHeads() {
        if (!draft.headsKeepTheirOrder() && eventHead != null && heads.remove(eventHead)) {
            heads.add(0, eventHead);
        }
        ArrayNode nodes = spec.putArray("heads");
        for (int i = 0; i < heads.size(); i++) {
            DraftHead head = heads.get(i);
            ObjectNode node = nodes.addObject().put("name", head.name());
            JsonNode activation = activationOf(head);
            node.set("activation", activation);
            if (head.from() != draft.layers().size() - 1) {
                node.put("from", head.from());
            }
            Origin origin = originOf(head);
            if (origin != null) {
                String value = activation.asText(activation.toString());
                settings.add(new Setting("heads[" + i + "].activation", value, origin));
            }
        }
    }

    private JsonNode activationOf(DraftHead head) {
        JsonNode stated = head.activation();
        return stated == null || hasLogitsOfEvents(head) ? new TextNode(head == eventHead ? SOFTMAX : LINEAR) : stated;
    }

    /** Returns whether a linear head gets a softmax, because its outputs are the logits of events. */
    private boolean hasLogitsOfEvents(DraftHead head) {
        return head == eventHead && head.isLogits() && !head.isStatedByUser() && hasEvents();
    }

    /** Returns the origin of a head's activation, or null if the file states the activation directly. */
    private @Nullable Origin originOf(DraftHead head) {
        if (head.activation() != null && !hasLogitsOfEvents(head)) {
            return head.origin();
        }
        if (head.isLogits()) {
            return Origin.inferred("because " + head.source() + " has the logits of events; the file has no softmax");
        }
        return Origin.inferred(
                head == eventHead
                        ? "because " + head.source() + " has an output for each event; the file does not state it"
                        : "because the file does not state an activation after " + head.source());
    }

    private ObjectNode mask(ObjectNode execution) {
        Double value = draft.maskValue();
        return value == null ? execution : execution.put("maskValue", value);
    }

    private void execution() {
        Draft.Execution stated = draft.execution();
        if (stated != null) {
            spec.set("execution", mask(stated.spec()));
            settings.add(stated.setting());
            return;
        }
        mask(spec.putObject("execution").put("mode", "carry"));
        settings.add(new Setting(
                "execution",
                "carry",
                Origin.inferred("because " + draft.executionUnknown() + "; a model of windows of n events needs"
                        + " --spec '{\"execution\":{\"mode\":\"window\",\"length\":\"?\"}}'")));
    }
}
