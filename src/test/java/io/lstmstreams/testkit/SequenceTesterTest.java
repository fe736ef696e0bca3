package io.lstmstreams.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.topology.StepOptions;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceTesterTest {
    private static final double TOLERANCE = 1e-6;

    @Test
    void shouldExpectEachSuccessorWithTheStatedProbability() {
        try (SequenceTester tester = SequenceTester.of(TestModels.cycle("open", "read", "close"))) {
            tester.send("a", "open", "read", "close").end("a");

            assertThat(tester.results("a")).hasSize(3);
            assertThat(tester.results("a").get(0).score()).isNull();
            for (Prediction result : tester.results("a").subList(1, 3)) {
                assertThat(result.score().probability()).isCloseTo(TestModels.EXPECTED, within(TOLERANCE));
                assertThat(result.score().rank()).isEqualTo(1);
            }
            assertThat(tester.last("a").next().get(0).event()).isEqualTo(TestModels.END);
            assertThat(tester.verdict("a").endLogProbability())
                    .isCloseTo(Math.log(TestModels.EXPECTED), within(TOLERANCE));
            tester.assertNormal("a");
            tester.assertNoDeadLetters();
        }
    }

    @Test
    void shouldFindAnEventThatIsNotTheExpectedOne() {
        try (SequenceTester tester = SequenceTester.of(TestModels.cycle("open", "read", "close"))) {
            tester.send("a", "open", "close").send("b", "open", "read").end("a");

            tester.assertAnomalous("a");
            assertThat(tester.last("a").score().probability()).isCloseTo(0.1 / 3, within(TOLERANCE));
            assertThatThrownBy(() -> tester.assertNormal("a"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("sequence a is anomalous: ");
            assertThatThrownBy(() -> tester.verdict("b"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("sequence b has not ended; there are a, b");
        }
    }

    @Test
    void shouldRememberTheSumOfAllEvents() {
        StepOptions options = StepOptions.DEFAULTS.results(0, Set.of(Include.OUTPUT, Include.STATE));
        try (SequenceTester tester = SequenceTester.of(TestModels.sum(), options)) {
            tester.send("pump", 1f).send("pump", 1f).send("other", -2f);

            double c = 2 * Math.tanh(1);
            assertThat(tester.last("pump").details().state().get(0).c()[0]).isCloseTo((float) c, within(1e-6f));
            assertThat(tester.last("pump").details().output().get("sum")[0])
                    .isCloseTo(Math.tanh(c), within(TOLERANCE))
                    .isCloseTo(0.90925, within(1e-5));
            assertThat(tester.last("other").details().output().get("sum")[0])
                    .isCloseTo(Math.tanh(Math.tanh(-2)), within(TOLERANCE));
        }
    }

    @Test
    void shouldEndSequencesThatAreIdle() {
        StepOptions options = StepOptions.DEFAULTS.ends(Duration.ofMinutes(10), 0);
        try (SequenceTester tester = SequenceTester.of(TestModels.cycle("open", "close"), options)) {
            tester.send("a", "open").advance(Duration.ofMinutes(9));
            assertThat(tester.verdicts()).isEmpty();

            tester.advance(Duration.ofMinutes(2));

            assertThat(tester.verdict("a").ended()).isEqualTo(Ended.IDLE);
            tester.assertAnomalous("a"); // it stopped too early
        }
    }

    @Test
    void shouldCollectTheReasonsOfDeadLetters() {
        try (SequenceTester tester = SequenceTester.of(TestModels.cycle("open", "close"))) {
            tester.send("a", "open", "opne").sendValue("a", "{");

            assertThat(tester.results("a")).hasSize(1);
            assertThat(tester.deadLetters()).hasSize(2);
            assertThat(tester.deadLetters().get(0)).isEqualTo("the event is not in the model's vocabulary");
            assertThatThrownBy(tester::assertNoDeadLetters)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("dead letters: the event is not in the model's vocabulary; ");
            assertThatThrownBy(() -> tester.last("b"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("sequence b has no result; there are a; dead letters: ");
        }
    }
}
