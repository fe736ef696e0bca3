package io.lstmstreams.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private final Comparison comparison = new Comparison(
            "results",
            Map.of(
                    "1", Answer.of("a", 1, "one"),
                    "2", Answer.of("a", 2, "two"),
                    "3", Answer.of("b", 1, "three")));

    private void take(String id, String key, String value) {
        comparison.take(0, id, key, value);
    }

    @Test
    void shouldAcceptAnswersThatExistOnceInOrderAndUnchanged() {
        take("3", "b", "three");
        take("1", "a", "one");
        take("2", "a", "two");

        assertThat(comparison.hasAll()).isTrue();
        assertThat(comparison.tally().isClean()).isTrue();
        assertThat(comparison.tally().examples()).isEmpty();
    }

    @Test
    void shouldFindLostAnswers() {
        take("1", "a", "one");
        take("3", "b", "three");

        assertThat(comparison.hasAll()).isFalse();
        assertThat(comparison.tally().lost()).isEqualTo(1);
        assertThat(comparison.tally().isClean()).isFalse();
    }

    @Test
    void shouldFindDoubledAnswers() {
        take("1", "a", "one");
        take("2", "a", "two");
        take("2", "a", "two");
        take("3", "b", "three");

        assertThat(comparison.tally().doubled()).isEqualTo(1);
        assertThat(comparison.tally().lost()).isZero();
        assertThat(comparison.tally().isClean()).isFalse();
    }

    @Test
    void shouldFindDoubledAnswersEvenIfAsManyAreLost() {
        take("1", "a", "one");
        take("1", "a", "one");
        take("3", "b", "three");

        assertThat(comparison.tally().doubled()).isEqualTo(1);
        assertThat(comparison.tally().lost()).isEqualTo(1);
        assertThat(comparison.tally().isClean()).isFalse();
    }

    @Test
    void shouldFindAChangedByte() {
        take("1", "a", "one");
        take("2", "a", "twO");
        take("3", "b", "three");

        assertThat(comparison.tally().different()).isEqualTo(1);
        assertThat(comparison.tally().isClean()).isFalse();
    }

    @Test
    void shouldFindAnswersUnderAnotherKey() {
        take("1", "a", "one");
        take("2", "b", "two");
        take("3", "b", "three");

        assertThat(comparison.tally().different()).isEqualTo(1);
    }

    @Test
    void shouldFindUnexpectedAnswers() {
        take("1", "a", "one");
        take("2", "a", "two");
        take("3", "b", "three");
        take("4", "b", "four");

        assertThat(comparison.tally().different()).isEqualTo(1);
        assertThat(comparison.tally().isClean()).isFalse();
    }

    @Test
    void shouldFindSwappedAnswers() {
        take("2", "a", "two");
        take("1", "a", "one");
        take("3", "b", "three");

        assertThat(comparison.tally().outOfOrder()).isEqualTo(1);
        assertThat(comparison.tally().isClean()).isFalse();
    }

    @Test
    void shouldFindThatASequenceIsInTwoPartitions() {
        take("1", "a", "one");
        comparison.take(1, "2", "a", "two");
        take("3", "b", "three");

        assertThat(comparison.tally().outOfOrder()).isEqualTo(1);
    }
}
