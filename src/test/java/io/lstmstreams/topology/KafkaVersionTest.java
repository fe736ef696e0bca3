package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaVersionTest {
    @ParameterizedTest
    @ValueSource(strings = {"3.9.0", "4.1.2", "4.3.1", "4.10.0-SNAPSHOT", "5.0.0", "unknown"})
    void shouldAcceptSupportedVersions(String version) {
        assertThatCode(() -> KafkaVersion.check(version)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.8.1", "3.0.0", "2.8.0-SNAPSHOT"})
    void shouldRefuseOlderVersionsInOneLine(String version) {
        assertThatIllegalStateException()
                .isThrownBy(() -> KafkaVersion.check(version))
                .withMessage("kafka-clients and kafka-streams must be 3.9 or later, but the class path has " + version
                        + ". Update both to the same version.");
    }
}
