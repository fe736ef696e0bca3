package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command of ours in a shell block of a page is one that exists, with options that exist. */
class DocumentedCommandsTest {
    private static final Pattern BLOCK = Pattern.compile("(?m)^```sh\\n(.*?)^```$", Pattern.DOTALL);
    private static final Pattern COMMAND =
            Pattern.compile("(?m)(?:^|&& )(?:\\S*/)?lstm-streams ((?:'[^']*'|\"[^\"]*\"|[^'\"|>&#\\n])+)");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    static List<String> commands() throws IOException {
        TreeSet<String> commands = new TreeSet<>();
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md"), Path.of("docker/README.md")));
        try (Stream<Path> docs = Files.list(Path.of("src", "docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher block = BLOCK.matcher(Files.readString(page));
            while (block.find()) {
                Matcher command = COMMAND.matcher(block.group(1).replace("\\\n", " "));
                while (command.find()) {
                    commands.add(command.group(1).strip());
                }
            }
        }
        return List.copyOf(commands);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldExist(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(Stream.of(1, 2, 3)
                    .map(word::group)
                    .filter(text -> text != null)
                    .findFirst()
                    .orElseThrow());
        }
        CommandLine commandLine = Main.commands();
        assertThatCode(() -> commandLine.parseArgs(words.toArray(String[]::new)))
                .as(command)
                .doesNotThrowAnyException();
    }

    @Test
    void shouldFindTheCommandsOfTheReadme() throws IOException {
        assertThat(commands())
                .contains(
                        "demo",
                        "run app.properties",
                        "send app.properties --input sessions.txt",
                        "read app.properties --verdicts",
                        "describe model.safetensors");
    }
}
