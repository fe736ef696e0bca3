package io.lstmstreams.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.runtime.SequencePage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergedPageTest {
    private final MergedPage page = new MergedPage();

    private static SequencePage own(String upTo, String... ids) {
        List<SequencePage.Line> lines = Arrays.stream(ids)
                .map(id -> new SequencePage.Line(id.getBytes(UTF_8), 1, 2, false, null))
                .toList();
        return new SequencePage(lines, upTo == null ? null : upTo.getBytes(UTF_8));
    }

    /** Returns a page as another instance writes it. */
    private static byte[] other(String upTo, String... ids) {
        MergedPage other = new MergedPage();
        other.add(own(upTo, ids));
        return other.page(100, false).toString().getBytes(UTF_8);
    }

    private static List<String> ids(ObjectNode page) {
        return page.path("sequences").findValuesAsText("sequence");
    }

    private static String next(ObjectNode page) {
        return page.has("next") ? new String(MergedPage.cursor(page.get("next").asText()), UTF_8) : null;
    }

    @Test
    void shouldMixThePagesOfInstances() throws Exception {
        page.add(own(null, "a", "d"));
        page.add(other(null, "b", "c"));

        ObjectNode all = page.page(10, false);

        assertThat(ids(all)).containsExactly("a", "b", "c", "d");
        assertThat(next(all)).isNull();
    }

    @Test
    void shouldEndAPageWhereTheFirstInstanceEnds() throws Exception {
        page.add(own("d", "a", "d"));
        page.add(other("b", "b"));

        ObjectNode part = page.page(10, false);

        assertThat(ids(part)).containsExactly("a", "b"); // because the other instance may have a c
        assertThat(next(part)).isEqualTo("b");
    }

    @Test
    void shouldContinueAfterAnEmptyPage() throws Exception {
        page.add(own("x"));
        page.add(other(null, "y"));

        ObjectNode empty = page.page(10, false);

        assertThat(ids(empty)).isEmpty();
        assertThat(next(empty)).isEqualTo("x");
    }

    @Test
    void shouldEndAtTheLimit() throws Exception {
        page.add(own(null, "a", "d"));
        page.add(other(null, "b"));

        ObjectNode two = page.page(2, true);

        assertThat(two.toString()).startsWith("{\"sequences\":[{\"sequence\":\"a\"},{\"sequence\":\"b\"}],");
        assertThat(next(two)).isEqualTo("b");
    }

    @Test
    void shouldDistinguishIdsWithTheSameName() throws Exception {
        byte[] bytes = {(byte) 0xff};
        page.add(new SequencePage(List.of(new SequencePage.Line(bytes, 1, 1, false, null)), null));
        page.add(other(null, "0xff"));

        ObjectNode both = page.page(10, true);

        assertThat(ids(both)).containsExactly("0xff", "0xff"); // the text comes first, because 0 is less than 0xff
        assertThat(both.at("/sequences/0/key").binaryValue()).isEqualTo("0xff".getBytes(UTF_8));
        assertThat(both.at("/sequences/1").has("key")).isFalse();
    }

    @Test
    void shouldMarkAStateThatCannotBeRead() {
        page.add(new SequencePage(
                List.of(new SequencePage.Line("a".getBytes(UTF_8), 0, 0, false, "it is damaged")), null));

        assertThat(page.page(10, false).toString())
                .isEqualTo("{\"sequences\":[{\"sequence\":\"a\",\"unreadable\":\"it is damaged\"}]}");
    }
}
