package io.lstmstreams.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The zoo's files, each of which must be read by exactly one of the readers' tests. */
class ZooFilesTest extends ZooTest {
    /** Files that describe models. */
    private static final String DESCRIPTIONS = "(cases/[^/]+/case|bad/manifest)\\.json";

    @ParameterizedTest
    @ValueSource(strings = {"cases", "bad"})
    void shouldBeClaimedByExactlyOneTest(String folder) throws IOException {
        for (Path file : files(ZOO.resolve(folder))) {
            if (!ZOO.relativize(file).toString().replace('\\', '/').matches(DESCRIPTIONS)) {
                assertClaimedOnce(file);
            }
        }
    }

    @Test
    void shouldHaveEveryBadFileOfTheManifestClaimedByExactlyOneTest() throws IOException {
        for (BadFile bad : badFiles()) {
            assertClaimedOnce(bad.file());
        }
    }

    private static void assertClaimedOnce(Path file) {
        List<Reader> readers = Arrays.stream(Reader.values())
                .filter(reader -> reader.claims(file))
                .toList();
        assertThat(readers).as("the tests that read %s", file).hasSize(1);
    }
}
