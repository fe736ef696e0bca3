package io.lstmstreams.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.KernelNames;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.TestNetwork;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final Model NAMED = new Model(
            TestNetwork.of(1, InputEncoding.ONE_HOT, 4, new ScoringRule.RankAbove(1), 5, 3),
            Vocabulary.of(4, List.of("a", "b", "c"), "end", null));
    private static final Model INDEXED = new Model(TestNetwork.ofEvents(1, 4, 5), Vocabulary.ofSize(4));

    private final List<SequenceOutput> outputs = new ArrayList<>();

    private static LineReader lines(String... lines) {
        return new LineReader(new ByteArrayInputStream(
                String.join("\n", lines).replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private Replay replay(Model model) {
        return new Replay(
                model, KernelNames.kernel("scalar"), 2, EnumSet.of(Include.STATE, Include.LOGITS), outputs::add);
    }

    private Summary sessions(Model model, String... lines) throws IOException {
        return replay(model).sessions(lines(lines));
    }

    private Summary jsonLines(Model model, String... lines) throws IOException {
        return replay(model).jsonLines(lines(lines));
    }

    /** Returns the outputs as users read them, and removes them. */
    private List<String> written(Model model) {
        OutputJson json = new OutputJson(model.vocabulary());
        List<String> written = outputs.stream()
                .map(output -> new String(json.write(output), StandardCharsets.UTF_8))
                .toList();
        outputs.clear();
        return written;
    }

    @Test
    void shouldReturnTheSameForSessionsAndForTheirRecords() throws IOException {
        // When
        sessions(NAMED, "a b c", "c");
        List<String> fromSessions = written(NAMED);
        jsonLines(
                NAMED,
                "{'sequence':'1','event':'a'}",
                "{'sequence':'1','event':1}",
                "{'sequence':'1','event':[0,0,1,0]}",
                "{'sequence':'1','end':true}",
                "{'sequence':2,'event':'c','end':true}");

        // Then
        assertThat(written(NAMED)).isEqualTo(fromSessions).hasSize(6);
    }

    @Test
    void shouldKeepInterleavedSequencesApart() throws IOException {
        // When
        sessions(NAMED, "a b c", "c c");
        List<String> fromSessions = written(NAMED);
        jsonLines(
                NAMED,
                "{'sequence':'2','event':'c'}",
                "{'sequence':'1','event':'a'}",
                "{'sequence':'1','event':'b'}",
                "{'sequence':'2','event':'c'}",
                "{'sequence':'1','event':'c'}",
                "{'sequence':'2','end':true}",
                "{'sequence':'1','end':true}");

        // Then
        assertThat(written(NAMED)).containsExactlyInAnyOrderElementsOf(fromSessions);
    }

    @Test
    void shouldCountItsRecords() throws IOException {
        Summary summary = sessions(NAMED, "a b c", "", "c");

        assertThat(summary.lines()).isEqualTo(3);
        assertThat(summary.steps()).isEqualTo(4);
        assertThat(summary.sequences()).isEqualTo(2);
        assertThat(summary.live()).isZero();
        assertThat(summary.refused()).isZero();
        assertThat(summary.refusals()).isEmpty();
        assertThat(summary.anomalous())
                .isEqualTo(outputs.stream()
                        .filter(output -> output instanceof Verdict && output.anomalous())
                        .count());
    }

    @Test
    void shouldSkipBadEvents() throws IOException {
        // When
        sessions(NAMED, "a b");
        List<String> clean = written(NAMED);
        Summary summary = sessions(NAMED, "a nope b end");

        // Then
        assertThat(written(NAMED)).isEqualTo(clean);
        assertThat(summary.refused()).isEqualTo(2);
        assertThat(summary.refusals())
                .extracting(Summary.Refusal::toString)
                .startsWith("line 1: the event nope is not in the model's vocabulary");
    }

    @Test
    void shouldSkipBadRecords() throws IOException {
        // When
        jsonLines(NAMED, "{'sequence':'s','event':'a'}", "{'sequence':'s','event':'b','end':true}");
        List<String> clean = written(NAMED);
        Summary summary = jsonLines(
                NAMED,
                "{'sequence':'s','event':'a'}",
                "not json",
                "{'event':'a'}",
                "{'sequence':null,'event':'a'}",
                "{'sequence':1.5,'event':'a'}",
                "{'sequence':'s'}",
                "{'sequence':'s','event':'nope'}",
                "{'sequence':'s','event':'nope','end':true}",
                "{'sequence':'s','event':'a','end':1}",
                "{'sequence':'\\ud800','event':'a'}",
                "{'sequence':'s','event':'b','end':true}");

        // Then
        assertThat(written(NAMED)).isEqualTo(clean);
        assertThat(summary.refused()).isEqualTo(9);
        assertThat(summary.refusals())
                .extracting(Summary.Refusal::toString)
                .startsWith("line 2: the value is not JSON", "line 3: the record has no \"sequence\" (2 times)");
    }

    @Test
    void shouldSkipBlankLines() throws IOException {
        Summary summary = jsonLines(NAMED, "", "{'sequence':'s','event':'a'}", "  ");

        assertThat(summary.lines()).isEqualTo(3);
        assertThat(summary.steps()).isEqualTo(1);
        assertThat(summary.refused()).isZero();
    }

    @Test
    void shouldWriteNoVerdictOfAnUnfinishedSequence() throws IOException {
        Summary summary = jsonLines(
                NAMED, "{'sequence':'s','event':'a'}", "{'sequence':'t','event':'a'}", "{'sequence':'t','end':true}");

        assertThat(summary.live()).isEqualTo(1);
        assertThat(summary.sequences()).isEqualTo(1);
        assertThat(outputs).filteredOn(Verdict.class::isInstance).hasSize(1);
    }

    @Test
    void shouldPassOverTheEndOfASequenceThatHasNotBegun() throws IOException {
        Summary summary = jsonLines(NAMED, "{'sequence':'s','end':true}");

        assertThat(outputs).isEmpty();
        assertThat(summary.refused()).isZero();
    }

    @Test
    void shouldRestartAfterAnEnd() throws IOException {
        // When
        jsonLines(NAMED, "{'sequence':'s','event':'a','end':true}", "{'sequence':'s','event':'a','end':true}");

        // Then
        List<String> written = written(NAMED);
        assertThat(written.subList(2, 4)).isEqualTo(written.subList(0, 2));
    }

    @Test
    void shouldReadWordsAsIndexesIfEventsHaveNoNames() throws IOException {
        Summary summary = sessions(INDEXED, "0 3 4 99999999999999999999 x -1");

        assertThat(outputs)
                .filteredOn(Prediction.class::isInstance)
                .extracting(output -> ((Prediction) output).index())
                .containsExactly(0, 3);
        assertThat(summary.refused()).isEqualTo(4);
    }

    @Test
    void shouldSurviveASequenceWhoseNameIsNoText() throws IOException {
        jsonLines(
                NAMED, "{'sequence':'\\ud83d','event':'a','end':true}", "{'sequence':'\ud83d','event':'a','end':true}");

        assertThat(written(NAMED)).isNotNull();
    }
}
