package io.lstmstreams.topology;

import io.lstmstreams.event.Event;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The expected output: the same steps without Kafka, each sequence with its own state object. */
final class Reference {
    private final Model model;
    private final InputEncoder encoder;
    private final Predictor predictor;
    private final OutputJson json;
    private final Map<String, SequenceState> states = new HashMap<>();

    Reference(Model model, Kernel kernel, int topK, Set<Include> include) {
        this.model = model;
        this.encoder = new InputEncoder(model);
        this.predictor = new Predictor(model, PackedNetwork.of(model.network(), kernel), topK, include);
        this.json = new OutputJson(model.vocabulary());
    }

    Reference(Model model, int topK, Set<Include> include) {
        this(model, Kernels.named("scalar"), topK, include);
    }

    Reference(Model model) {
        this(model, 3, EnumSet.noneOf(Include.class));
    }

    /** Returns the result of one event, as JSON. */
    String step(String sequence, long time, String symbol) {
        return step(sequence, time, new Event.Symbol(symbol));
    }

    String step(String sequence, long time, Event event) {
        SequenceState state = states.computeIfAbsent(sequence, id -> new SequenceState(model.network()));
        return text(predictor.advance(sequence, time, encoder.encode(event), state));
    }

    /** Returns the verdict, as JSON. */
    String end(String sequence, Ended ended) {
        return text(predictor.end(sequence, ended, states.remove(sequence)));
    }

    private String text(SequenceOutput output) {
        return new String(json.write(output), StandardCharsets.UTF_8);
    }
}
