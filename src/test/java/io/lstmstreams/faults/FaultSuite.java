package io.lstmstreams.faults;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The suite's command: {@code mvn -q -Pfaults test-compile exec:exec -Dseed=7 -Dfaults=200}. Exits with 0 if every
 * fault was injected and every result, verdict and dead letter exists once, in order and with the expected bytes.
 */
public final class FaultSuite {
    private FaultSuite() {}

    /** Runs the suite. {@link Settings#parse} parses the arguments. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("lstm-streams-faults");
        Report report = FaultRun.run(Settings.parse(arguments), directory, System.out);
        report.print(System.out);
        if (report.isClean()) {
            StateDamage.delete(directory);
        } else {
            System.out.println("what the processes wrote is in " + directory);
        }
        System.exit(report.isClean() ? 0 : 1);
    }
}
