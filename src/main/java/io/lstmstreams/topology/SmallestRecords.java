package io.lstmstreams.topology;

import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.output.Include;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Lower bounds of the sizes of a model's records, and the check that the topics take records of these sizes. */
final class SmallestRecords {
    private static final int RESULT = "{'sequence':'','step':1}".length();
    private static final int NEXT = "{'event':0,'probability':0.0}".length();
    private static final int NUMBER = "0.0,".length();
    private static final int VERDICT = "{'sequence':'','steps':1,'ended':'idle','anomalous':true}".length();
    private static final int EVENT = 1;
    private static final byte[] KEY = {0};

    private final OutputConfig output;
    private final Set<Include> include;

    SmallestRecords(OutputConfig output) {
        this.output = output;
        this.include = Include.parse(output.include());
    }

    /**
     * Checks that a model's records can fit into the topics of its step.
     *
     * @param active the active model; null if none was published yet, which passes
     * @throws IllegalArgumentException if the limit of a topic is so small that no record fits
     */
    void check(Models.@Nullable Active active, StepTargets targets) {
        if (active == null) {
            return;
        }
        Network network = active.version().model().network();
        require(targets.results(), "a result of this model", result(network));
        require(targets.verdicts(), "a verdict", VERDICT);
        require(targets.states(), "a state of this model", StateCodec.bytesPerSequence(network));
    }

    /** Checks the repartition topic, which takes the records of the input. */
    static void checkEvents(Target repartition) {
        require(repartition, "an event", EVENT);
    }

    /** Checks the dead-letter topic. */
    static void checkDeadLetters(Target deadLetters) {
        require(
                deadLetters.topic(),
                deadLetters.limits(),
                "a dead letter without the record",
                DeadLetter.MIN_LIMIT_BYTES);
    }

    private static void require(Target target, String what, int valueBytes) {
        long bytes = RecordSize.ofBatch(KEY, new byte[0], new RecordHeaders()) + valueBytes;
        require(target.topic(), target.limits(), what, bytes);
    }

    private static void require(String topic, TopicLimits limits, String what, long bytes) {
        if (limits.maxBytes() < bytes) {
            throw new IllegalArgumentException("%s must be at least %d for topic %s, but is %d: %s is never smaller"
                    .formatted(limits.maxBytesConfig(), bytes, topic, limits.maxBytes(), what));
        }
    }

    private int result(Network network) {
        if (output.format() == OutputFormat.FLOAT32) {
            return network.firstHeadOutputs() * Float.BYTES;
        }
        int next = network.predictsEvents() ? Math.min(output.topK(), network.firstHeadOutputs()) : 0;
        return RESULT + next * NEXT + numbers(network) * NUMBER;
    }

    private int numbers(Network network) {
        int numbers = 0;
        if (include.contains(Include.PROBABILITIES)) {
            numbers += network.firstHeadOutputs();
        }
        if (include.contains(Include.LOGITS)) {
            numbers += network.firstHeadOutputs();
        }
        if (include.contains(Include.OUTPUT)) {
            numbers += network.heads().stream().mapToInt(Head::outputs).sum();
        }
        if (include.contains(Include.STATE)) {
            SequenceState state = new SequenceState(network);
            for (int i = 0; i < state.layers(); i++) {
                numbers += state.h(i).length + state.c(i).length;
            }
        }
        return numbers;
    }
}
