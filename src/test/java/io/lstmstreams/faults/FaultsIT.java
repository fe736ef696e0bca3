package io.lstmstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The short form of the suite. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals that stop a process")
class FaultsIT {
    private static final long SEED =
            3382; // its first seven faults contain kills, a stop, damage, repeated records and hostile records
    private static final int FAULTS = 7;

    @TempDir
    Path directory;

    @Test
    void shouldLoseRepeatAndChangeNothing() throws Exception {
        Report report = FaultRun.run(Settings.of(SEED, FAULTS), directory, System.out);

        report.print(System.out);
        assertThat(report.complaints()).isEmpty();
        assertThat(report.isClean()).isTrue();
    }
}
