package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.ScoringRule.ProbabilityBelow;
import io.lstmstreams.recurrent.ScoringRule.RankAbove;
import org.jspecify.annotations.Nullable;

/** A scoring rule in a spec, such as {@code {"rule":"rank-above","rank":9}}. */
final class ScoringSpec {
    private static final String RANK_ABOVE = "rank-above";
    private static final String PROBABILITY_BELOW = "probability-below";

    private ScoringSpec() {}

    /**
     * Reads a scoring rule.
     *
     * @param where the file, for errors
     */
    static ScoringRule read(ModelSpec.@Nullable Scoring spec, String where) {
        if (spec == null) {
            return new ScoringRule.None();
        }
        if (RANK_ABOVE.equals(spec.rule()) && spec.rank() != null) {
            return new RankAbove(spec.rank());
        }
        if (PROBABILITY_BELOW.equals(spec.rule()) && spec.probability() != null) {
            return new ProbabilityBelow(spec.probability());
        }
        throw new Malformed(
                where, "the spec's scoring must be rank-above with a rank or probability-below with a probability");
    }

    /** Writes a scoring rule into a model's spec, if there is a rule. */
    static void put(ObjectNode spec, ScoringRule rule) {
        if (rule instanceof RankAbove above) {
            spec.putObject("scoring").put("rule", RANK_ABOVE).put("rank", above.rank());
        } else if (rule instanceof ProbabilityBelow below) {
            spec.putObject("scoring").put("rule", PROBABILITY_BELOW).put("probability", below.probability());
        }
    }
}
