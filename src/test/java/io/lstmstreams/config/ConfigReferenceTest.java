package io.lstmstreams.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {
    private static final Path PAGE = Path.of("src", "docs", "configuration.md");

    @Test
    void shouldBeThePageThatIsInTheDocumentation() throws IOException {
        if (Boolean.getBoolean("update.docs")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, ConfigReference.markdown());
        }

        assertThat(PAGE)
                .as("written anew by mvn test -Dtest=ConfigReferenceTest -Dupdate.docs=true")
                .hasContent(ConfigReference.markdown());
    }

    @Test
    void shouldDescribeEveryKeyOnce() {
        String page = ConfigReference.markdown();

        for (String key : LstmStreamsConfig.definition().names()) {
            assertThat(page).containsOnlyOnce("## `" + key + "`");
        }
    }
}
