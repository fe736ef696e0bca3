package io.lstmstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {
    private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

    @Test
    void shouldDrawTheSameFromTheSameSeedAndAnotherFromAnother() {
        assertThat(Plan.draw(5, 50, ALL)).isEqualTo(Plan.draw(5, 50, ALL)).isNotEqualTo(Plan.draw(6, 50, ALL));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldHaveEveryKindAmongFiftyFaults(long seed) {
        assertThat(Plan.draw(seed, 50, ALL).faults().stream().map(Fault::kind).collect(Collectors.toSet()))
                .isEqualTo(ALL);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeitherRemoveTheLastInstanceNorAddMoreThanThereMayBe(long seed) {
        int instances = Plan.FIRST_INSTANCES;
        for (Fault fault : Plan.draw(seed, 500, ALL).faults()) {
            instances += fault.kind() == FaultKind.ADD_INSTANCE ? 1 : 0;
            instances -= fault.kind() == FaultKind.REMOVE_INSTANCE ? 1 : 0;
            assertThat(instances).isBetween(Plan.MIN_INSTANCES, Plan.MAX_INSTANCES);
        }
    }
}
