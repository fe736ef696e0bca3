package io.lstmstreams.soak;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The command of the soak: {@code mvn -q -Psoak test-compile exec:exec -Dminutes=15}. Exits with 0 if no assertion
 * failed.
 */
public final class Soak {
    private Soak() {}

    /** Runs the soak; {@link SoakSettings#parse} reads the arguments. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("lstm-streams-soak");
        SoakReport report = SoakRun.run(SoakSettings.parse(arguments), directory, System.out);
        report.print(System.out);
        System.out.println("what the application wrote is in " + directory);
        System.exit(report.isClean() ? 0 : 1);
    }
}
