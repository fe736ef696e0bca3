package io.lstmstreams.importer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test with the zoo: a folder of models that the frameworks themselves exported, with the numbers that the frameworks
 * computed. The zoo is not part of the repository; the project's own fixtures test the same on a smaller scale.
 *
 * <p>The system property {@code lstm.zoo} or the environment variable {@code LSTM_STREAMS_ZOO} names the folder, by
 * default {@code ../shared/zoo}. If the default does not exist, the tests are skipped. If a folder is named, it must
 * exist: otherwise the tests fail.
 */
@ExtendWith(ZooTest.Condition.class)
public abstract class ZooTest {
    private static final String PROPERTY = "lstm.zoo";
    private static final String VARIABLE = "LSTM_STREAMS_ZOO";
    private static final String NAMED = System.getProperty(PROPERTY, System.getenv(VARIABLE));

    /** The zoo: good models in {@code cases}, damaged and malicious files in {@code bad}. */
    protected static final Path ZOO = Path.of(NAMED == null ? "../shared/zoo" : NAMED);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The tests that read the zoo's files, each with the files that it must read. */
    protected enum Reader {
        TORCH(".*\\.(pt|pkl|safetensors)(/README)?"),
        KERAS(".*\\.(h5|keras)(/README)?|cases/keras2-[^/]*/model\\.json|bad/h5-base\\.expected\\.json"),
        TENSORFLOW(".*\\.npz(/README)?|.*/model\\.ckpt.*|.*/checkpoint|.*/savedmodel.*|bad/empty\\.index"),
        ONNX(".*\\.onnx(/README)?|bad/onnx-external-.*\\.bin");

        private final String paths;

        Reader(String paths) {
            this.paths = paths;
        }

        /** Returns whether this test reads a file of the zoo. */
        boolean claims(Path file) {
            return ZOO.relativize(file).toString().replace('\\', '/').matches(paths);
        }
    }

    /** Returns the files of the good models that a test must read. */
    protected static List<Path> goodFiles(Reader reader) throws IOException {
        return files(ZOO.resolve("cases")).stream().filter(reader::claims).toList();
    }

    /** Returns the bad files of the manifest that a test must read. */
    protected static List<BadFile> badFiles(Reader reader) throws IOException {
        return badFiles().stream().filter(bad -> reader.claims(bad.file())).toList();
    }

    /** Returns all bad files of the manifest. */
    protected static List<BadFile> badFiles() throws IOException {
        List<BadFile> files = new ArrayList<>();
        for (JsonNode entry : JSON.readTree(ZOO.resolve("bad/manifest.json").toFile())) {
            files.add(new BadFile(
                    ZOO.resolve("bad").resolve(entry.path("path").asText()),
                    entry.path("expect").asText()));
        }
        return files;
    }

    /**
     * A file of the manifest.
     *
     * @param expect {@code reject}, {@code accept} or {@code accept-or-reject}
     */
    protected record BadFile(Path file, String expect) {
        public boolean mustBeRefused() {
            return expect.equals("reject");
        }
    }

    /** Returns all regular files below a folder, sorted. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Skips the tests without a zoo, and fails if a zoo was named that does not exist. */
    static final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (Files.isDirectory(ZOO.resolve("cases")) && Files.isDirectory(ZOO.resolve("bad"))) {
                return ConditionEvaluationResult.enabled("the zoo is " + ZOO);
            }
            String missing = "the zoo " + ZOO.toAbsolutePath().normalize() + " has no folders cases and bad";
            if (NAMED != null) {
                throw new IllegalStateException(missing + "; correct -D" + PROPERTY + " or " + VARIABLE);
            }
            return ConditionEvaluationResult.disabled(
                    missing + "; name another folder with -D" + PROPERTY + " or " + VARIABLE);
        }
    }
}
