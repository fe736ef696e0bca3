package io.lstmstreams;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A search for words that the project does not use, in sources, resources and pages. Run in the project's folder, it
 * prints the findings: {@code java src/test/java/io/lstmstreams/Glossary.java}.
 */
final class Glossary {
    private static final Path WORDS = Path.of("src/test/resources/io/lstmstreams/glossary.tsv");
    private static final List<String> ROOTS =
            List.of("README.md", "src/main", "src/jmh", "src/test", "src/docs", "docker", "connect-config", ".github");
    private static final Pattern TEXT_FILE =
            Pattern.compile(".*\\.(java|py|js|html|css|json|md|xml|properties|ya?ml|sh|txt)|.*/[A-Za-z0-9-]+");
    /** Data, and words that have their everyday meaning in a file of its own kind. */
    private static final Pattern IGNORED = Pattern.compile(".*/demo/hdfs.*|src/test/resources/.*");

    private static final Pattern QUESTION =
            Pattern.compile("/\\*\\*\\s*(?:\\*\\s*)?((?:What|Whether|How|Where|Which|Who|When)\\b[^\\n]*)");

    private Glossary() {}

    /** A word that is not used, and the word to write instead. */
    private record Word(Pattern pattern, String instead) {}

    /** Prints the findings, one a line. */
    public static void main(String[] arguments) throws IOException {
        List<String> findings = new ArrayList<>(bannedWords());
        findings.addAll(questions());
        findings.forEach(System.out::println);
        System.exit(findings.isEmpty() ? 0 : 1);
    }

    /** Returns {@code file:line: found -> instead} for each word that is not used. */
    static List<String> bannedWords() throws IOException {
        List<Word> words = new ArrayList<>();
        for (String line : Files.readAllLines(WORDS)) {
            if (!line.startsWith("#")) {
                String[] columns = line.split("\t");
                words.add(new Word(Pattern.compile(columns[0], Pattern.CASE_INSENSITIVE), columns[1]));
            }
        }
        List<String> findings = new ArrayList<>();
        for (Path file : files()) {
            List<String> lines = text(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                for (Word word : words) {
                    Matcher matcher = word.pattern().matcher(lines.get(i));
                    while (matcher.find()) {
                        findings.add("%s:%d: %s -> %s".formatted(file, i + 1, matcher.group(), word.instead()));
                    }
                }
            }
        }
        return findings;
    }

    /** Returns {@code file:line: sentence} for each Javadoc whose first sentence is an indirect question. */
    static List<String> questions() throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : files()) {
            if (file.toString().endsWith(".java")) {
                String text = text(file);
                QUESTION.matcher(text).results().forEach(question -> {
                    long line = text.substring(0, question.start(1)).lines().count();
                    findings.add(file + ":" + line + ": " + question.group(1));
                });
            }
        }
        return findings;
    }

    private static List<Path> files() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String root : ROOTS) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> TEXT_FILE.matcher(file.toString()).matches())
                        .filter(file -> !IGNORED.matcher(file.toString()).matches())
                        .sorted()
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
