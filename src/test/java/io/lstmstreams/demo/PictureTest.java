package io.lstmstreams.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Picture picture = new Picture(new PrintStream(bytes, true, UTF_8), EventNames.ofBundledModel());

    private static List<Anomaly> anomalies(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Anomaly("blk_-1769006624345345941", 20, "E20", 9.5e-7, "E26", 0.63))
                .toList();
    }

    /** Draws a picture, and returns its lines as the terminal shows them. */
    private List<String> draw(int columns, int rows) {
        bytes.reset();
        picture.draw(new ScreenSize(columns, rows), new Picture.Numbers(142_752, 500, 7_205, 220), anomalies(5), 12);
        return bytes.toString(UTF_8)
                .replaceAll("\033\\[[0-9;]*[A-Za-z]", "")
                .lines()
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"80, 24, 22", "40, 12, 9", "40, 24, 18", "200, 60, 22", "20, 5, 3", "1, 1, 3"})
    void shouldFitTheTerminal(int columns, int rows, int lines) {
        List<String> drawn = draw(columns, rows);

        assertThat(drawn).hasSize(lines);
        if (columns >= 40) {
            assertThat(drawn).allMatch(line -> line.length() < columns);
        }
    }

    @Test
    void shouldShowTheMostImportantOnASmallTerminal() {
        assertThat(draw(40, 12))
                .containsExactly(
                        "      0 events/s       7,205 ended",
                        "    500 live sequences   220 anomalous",
                        "  Latest anomalies   (12 s left)",
                        "  E20 block to delete is not known",
                        "    1 chance in 1,052,632 at step 20...",
                        "    expected E26 replica registered ...",
                        "  E20 block to delete is not known",
                        "    1 chance in 1,052,632 at step 20...",
                        "    expected E26 replica registered ...");
    }

    @Test
    void shouldDrawOverThePreviousPictureOfTheSameSize() {
        draw(40, 12);
        draw(40, 12);
        assertThat(bytes.toString(UTF_8)).startsWith("\033[9A");

        draw(80, 24);
        assertThat(bytes.toString(UTF_8)).startsWith("\033[2J");
    }
}
