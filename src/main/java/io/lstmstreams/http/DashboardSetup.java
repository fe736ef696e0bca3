package io.lstmstreams.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.input.Model;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.runtime.LstmApplication;
import java.util.Map;

/**
 * The first message to a dashboard: model, topics, meanings of events, recent counters. Safe for any number of
 * threads.
 */
final class DashboardSetup {
    private final LstmStreamsConfig config;
    private volatile Map<String, String> words = Map.of();

    DashboardSetup(LstmStreamsConfig config) {
        this.config = config;
    }

    void describeEvents(Map<String, String> described) {
        words = Map.copyOf(described);
    }

    String of(LstmApplication running, CounterHistory history) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        Model model = running.model();
        ObjectNode about = all.putObject("model");
        about.put("name", model.network().name());
        about.put("fingerprint", model.network().fingerprintHex().substring(0, 16));
        ArrayNode layers = about.putArray("layers");
        for (Layer layer : model.network().layers()) {
            layers.add(layer.specName());
        }
        rule(model.network().scoring(), about.putObject("rule"));
        ObjectNode described = all.putObject("words");
        words.forEach(described::put);
        if (model.vocabulary().hasEnd()) {
            described.put(model.vocabulary().symbol(model.vocabulary().end()), "the end of the sequence");
            all.put("end", model.vocabulary().symbol(model.vocabulary().end()));
        }
        flow(running, all.putObject("flow"));
        all.set("history", history.json());
        return all.toString();
    }

    private static void rule(ScoringRule rule, ObjectNode to) {
        if (rule instanceof ScoringRule.RankAbove above) {
            to.put("rankAbove", above.rank());
        } else if (rule instanceof ScoringRule.ProbabilityBelow below) {
            to.put("probabilityBelow", below.probability());
        }
    }

    /** Writes the name of each topic, or null for a topic that does not exist. */
    private void flow(LstmApplication running, ObjectNode to) {
        to.put("application", config.applicationId())
                .put("input", config.input().topic())
                .put("repartition", config.sequences().id().from() != RecordPart.From.KEY)
                .put("results", config.output().topic())
                .put("verdicts", config.output().verdictTopic())
                .put("deadLetters", running.deadLetterTopic())
                .put("store", running.stateStore())
                .put("changelog", running.changelogTopic())
                .put("shadow", running.shadowMetrics() != null);
    }
}
