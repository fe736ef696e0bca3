package io.lstmstreams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The words of sources, resources and pages. {@link Glossary} prints the same findings without a build. */
class GlossaryTest {

    @Test
    void shouldUseTheWordsOfTheGlossary() throws IOException {
        assertThat(Glossary.bannedWords()).isEmpty();
    }

    @Test
    void shouldBeginJavadocWithANounPhraseOrAVerb() throws IOException {
        assertThat(Glossary.questions()).isEmpty();
    }
}
