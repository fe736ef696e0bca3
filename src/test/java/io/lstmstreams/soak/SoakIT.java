package io.lstmstreams.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of the soak. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class SoakIT {
    private static final long SEED = 1914;
    private static final double PER_SECOND = 150; // records

    @TempDir
    Path directory;

    @Test
    void shouldStayAsItIsUnderOrdinaryUse() throws Exception {
        SoakReport report =
                SoakRun.run(SoakSettings.of(SEED, Duration.ofMinutes(2), PER_SECOND), directory, System.out);

        report.print(System.out);
        assertThat(report.complaints()).isEmpty();
    }
}
