package io.lstmstreams.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockSessionsTest {

    @Test
    void shouldDamageTheRequestedShareOfTheSessions() {
        long damaged = sessions(20_000, 0.03)
                .filter(session -> session.fault() != Fault.NONE)
                .count();

        assertThat(damaged / 20_000.0).isCloseTo(0.03, within(0.005));
    }

    @Test
    void shouldDamageInEachWayAboutEquallyOften() {
        Map<Fault, Long> counts =
                sessions(10_000, 1).collect(Collectors.groupingBy(BlockSession::fault, Collectors.counting()));

        assertThat(counts)
                .containsOnlyKeys(Fault.INJECTED)
                .allSatisfy((fault, count) -> assertThat(count).isBetween(1_800L, 2_200L));
    }

    @Test
    void shouldInventNormalSessions() {
        assertThat(sessions(5_000, 0)).allSatisfy(session -> {
            assertThat(session.fault()).isEqualTo(Fault.NONE);
            assertThat(BlockGrammar.isLifeCycle(session.events())).isTrue();
        });
    }

    @Test
    void shouldInventManyDifferentSessions() {
        assertThat(sessions(5_000, 0).map(BlockSession::events).distinct()).hasSizeGreaterThan(500);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldDoRealDamage(Fault fault) {
        // Given
        SplittableRandom random = new SplittableRandom(7);

        for (int i = 0; i < 2_000; i++) {
            // When
            List<String> life = BlockGrammar.lifeCycle(random);
            List<String> damaged = FaultInjector.inject(fault, life, random);

            // Then
            assertThat(damaged).isNotEmpty().isNotEqualTo(life);
            assertThat(BlockGrammar.isLifeCycle(damaged)).isFalse();
        }
    }

    @Test
    void shouldUseTheEventsOfTheVocabularyOnly() throws IOException {
        Map<String, String> descriptions = descriptions();

        assertThat(descriptions.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 28).mapToObj(i -> "E" + i).toList());
        assertThat(sessions(5_000, 0.5).flatMap(session -> session.events().stream()))
                .isSubsetOf(descriptions.keySet());
    }

    @Test
    void shouldNameSessionsAsTheFileSystemNamesBlocks() {
        assertThat(sessions(100, 0).map(BlockSession::id))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("blk_-?\\d+"));
    }

    @Test
    void shouldRefuseAnInvalidFaultRate() {
        assertThatThrownBy(() -> new BlockSessions(new SplittableRandom(7), 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the fault rate must be from 0 to 1, but is 3.0");
    }

    private static Stream<BlockSession> sessions(int count, double faultRate) {
        return Stream.generate(new BlockSessions(new SplittableRandom(7), faultRate))
                .limit(count);
    }

    private static Map<String, String> descriptions() throws IOException {
        try (InputStream in = BlockEvents.class.getResourceAsStream("hdfs-events.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t", -1))
                    .collect(Collectors.toMap(fields -> fields[0], fields -> fields[1], (a, b) -> a));
        }
    }
}
