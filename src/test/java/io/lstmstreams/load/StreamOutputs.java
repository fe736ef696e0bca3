package io.lstmstreams.load;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.output.Verdict.Ended;

/** Replay's outputs with the parts that only the stream knows: the model's name and the reason of an end. */
final class StreamOutputs {
    private StreamOutputs() {}

    static Prediction result(Prediction result, String model) {
        return new Prediction(
                result.sequence(),
                result.step(),
                result.time(),
                result.index(),
                result.event(),
                result.score(),
                result.next(),
                result.details(),
                model);
    }

    static Verdict verdict(Verdict verdict, Ended ended, String model) {
        return new Verdict(
                verdict.sequence(),
                verdict.steps(),
                ended,
                verdict.sumLogProbability(),
                verdict.minLogProbability(),
                verdict.minAtStep(),
                verdict.maxRank(),
                verdict.maxRankAtStep(),
                verdict.endLogProbability(),
                verdict.anomalous(),
                model);
    }
}
