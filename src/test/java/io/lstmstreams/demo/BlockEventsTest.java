package io.lstmstreams.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockEventsTest {

    private static final long SEED = 7;

    @Test
    void shouldBeTheSameForTheSameSeed() {
        assertThat(take(BlockEvents.endless(SEED), 5_000)).isEqualTo(take(BlockEvents.endless(SEED), 5_000));
    }

    @Test
    void shouldDifferForAnotherSeed() {
        assertThat(take(BlockEvents.endless(SEED), 100)).isNotEqualTo(take(BlockEvents.endless(SEED + 1), 100));
    }

    @Test
    void shouldKeepTheOrderWithinASession() {
        // When
        Map<BlockSession, List<String>> seen = new HashMap<>();
        new BlockEvents(SEED, 50, 0.5, 1_000)
                .forEachRemaining(event -> seen.computeIfAbsent(event.session(), session -> new ArrayList<>())
                        .add(event.isEnd() ? "end" : event.event()));

        // Then
        assertThat(seen).hasSize(1_000).allSatisfy((session, events) -> {
            List<String> expected = new ArrayList<>(session.events());
            expected.add("end");
            assertThat(events).isEqualTo(expected);
        });
    }

    @Test
    void shouldEndEachSessionOnce() {
        List<String> ended = new ArrayList<>();
        new BlockEvents(SEED, 50, 0.5, 1_000).forEachRemaining(event -> {
            if (event.isEnd()) {
                ended.add(event.sequence());
            }
        });

        assertThat(ended).hasSize(1_000).doesNotHaveDuplicates();
    }

    @Test
    void shouldMixTheEventsOfNoMoreThanTheLiveSessions() {
        // Given
        int liveSessions = 20;
        Set<String> live = new HashSet<>();
        int most = 0;

        // When
        BlockEvents events = new BlockEvents(SEED, liveSessions, 0.03, Long.MAX_VALUE);
        for (BlockEvent event : take(events, 20_000)) {
            if (event.isEnd()) {
                live.remove(event.sequence());
            } else {
                live.add(event.sequence());
            }
            most = Math.max(most, live.size());
        }

        // Then
        assertThat(most).isEqualTo(liveSessions);
    }

    @Test
    void shouldRunDryAfterTheLastSession() {
        BlockEvents events = new BlockEvents(SEED, 5, 0, 3);
        events.forEachRemaining(event -> {});

        assertThat(events.hasNext()).isFalse();
        assertThatThrownBy(events::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void shouldRefuseToHaveNoLiveSession() {
        assertThatThrownBy(() -> new BlockEvents(SEED, 0, 0.03, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at least one session must be live, not 0");
    }

    private static List<BlockEvent> take(BlockEvents events, int count) {
        return IntStream.range(0, count).mapToObj(i -> events.next()).toList();
    }
}
