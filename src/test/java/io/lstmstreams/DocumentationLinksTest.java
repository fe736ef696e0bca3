package io.lstmstreams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The links of the pages to files and headings of the repository. */
class DocumentationLinksTest {
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$|`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.*)$");
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
        for (String folder : List.of("src/docs", "docker", "connect-config", ".github")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        assertThat(pages).hasSizeGreaterThan(20);
        return pages;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void shouldLinkToExistingFilesAndHeadings(Path page) throws IOException {
        String text = CODE.matcher(Files.readString(page)).replaceAll("code");
        for (MatchResult link : LINK.matcher(text).results().toList()) {
            String target = link.group(1);
            if (!target.startsWith("http")) {
                int hash = target.indexOf('#');
                String file = hash < 0 ? target : target.substring(0, hash);
                Path to = file.isEmpty() ? page : page.resolveSibling(file).normalize();
                assertThat(to).as("%s: %s", page, target).exists();
                if (hash >= 0) {
                    assertThat(anchors(to)).as("%s: %s", page, target).contains(target.substring(hash + 1));
                }
            }
        }
    }

    /** Returns the anchors of a page's headings, as GitHub creates them. */
    private static Set<String> anchors(Path page) throws IOException {
        String text = FENCED.matcher(Files.readString(page)).replaceAll("");
        return HEADING.matcher(text)
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
