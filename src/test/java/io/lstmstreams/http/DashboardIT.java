package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.demo.Demo;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard of an application that processes some thousand events a second, in a real browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SHOTS = Path.of("target", "dashboard");
    private static final String HOSTILE = "<img src=x onerror=\"document.title='taken'\">";
    private static final List<String> NORMAL = List.of(
            "E5", "E5", "E5", "E22", "E11", "E9", "E11", "E9", "E11", "E9", "E26", "E26", "E26", "E23", "E23", "E23",
            "E21", "E21", "E21");

    private EmbeddedBroker broker;
    private ApplicationServer server;
    private LstmApplication application;
    private Thread load;
    private volatile boolean stopped;
    private Chromium page; // null without a browser

    @BeforeAll
    void start(@TempDir Path data) throws Exception {
        broker = EmbeddedBroker.start(0, data.resolve("broker"), Map.of("num.partitions", 2));
        LstmStreamsConfig config = LstmStreamsConfig.of(
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "application.id", "watched",
                        "state.dir", data.resolve("state").toString(),
                        "lstm.model", Demo.class.getResource("hdfs.safetensors").toString(),
                        "lstm.input.topic", "events",
                        "lstm.output.topic", "results",
                        "lstm.verdict.topic", "verdicts",
                        "lstm.http.port", "0"),
                Map.of());
        server = ApplicationServer.start(config);
        application = LstmApplication.start(config);
        server.describeEvents(Map.of("E20", "block to delete is not known"));
        server.serve(application);
        application.awaitRunning(ProgressTimeout.LIMIT);
        load = new Thread(this::send, "load");
        load.start();
        if (Chromium.find().isPresent()) {
            page = Chromium.start(Chromium.find().get(), data.resolve("profile"));
            page.resize(1440, 1000);
            page.prefer("light");
            page.open(server.address().resolve("/"));
        }
    }

    @AfterAll
    void stop() throws Exception {
        stopped = true;
        if (load != null) {
            load.join();
        }
        if (page != null) {
            page.close();
        }
        if (server != null) {
            server.close();
        }
        if (application != null) {
            application.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    /** Sends 200 events of 100 sequences, ten times a second. One sequence in 20 has an event at the wrong place. */
    private void send() {
        Map<String, Object> to = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(to, new StringSerializer(), new StringSerializer())) {
            for (int round = 0; !stopped; round++) {
                int step = round % (NORMAL.size() + 1);
                for (int i = 0; i < 200; i++) {
                    int number = (round / (NORMAL.size() + 1)) * 200 + i;
                    String id = i == 0 ? HOSTILE : "blk_" + number;
                    String event = i % 20 == 0 && step == 6 ? "E20" : step < NORMAL.size() ? NORMAL.get(step) : null;
                    String value = event == null ? null : "{\"event\":\"" + event + "\"}";
                    producer.send(new ProducerRecord<>("events", id, value));
                }
                producer.flush();
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void needsBrowser() {
        assumeTrue(page != null, "no Chromium on the PATH: the dashboard is not tried in a browser");
    }

    @Test
    void shouldShowTheModelAndThenTheCounters() throws Exception {
        URI live = server.address().resolve("/dashboard/data/live");
        var answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(live).build(), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            JsonNode hello = next(lines, "hello");
            assertThat(hello.at("/flow/input").asText()).isEqualTo("events");
            assertThat(hello.at("/flow/deadLetters").asText()).isEqualTo("watched-dead-letters");
            assertThat(hello.at("/model/rule/probabilityBelow").asDouble()).isEqualTo(0.0002);

            JsonNode sample = next(lines, "sample");
            while (sample.path("anomalies").isEmpty()
                    || sample.path("sequences").isEmpty()) {
                assertThat(sample.at("/counts/steps").asLong())
                        .isLessThanOrEqualTo(application.metrics().steps().sum());
                sample = next(lines, "sample");
            }
            JsonNode anomaly = sample.at("/anomalies/0");
            assertThat(anomaly.path("event").asText()).isEqualTo("E20");
            assertThat(anomaly.path("probability").asDouble()).isLessThan(0.0002);
            assertThat(anomaly.at("/expected/0/probability").asDouble())
                    .isGreaterThan(anomaly.at("/expected/1/probability").asDouble());
            assertThat(sample.path("sequences").size()).isLessThanOrEqualTo(12);
            checkHistory(anomaly.path("sequence").asText(), anomaly.path("step").asInt());
        }
    }

    private static JsonNode next(BufferedReader lines, String event) throws Exception {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("event: " + event)) {
                return JSON.readTree(lines.readLine().substring("data: ".length()));
            }
        }
        throw new AssertionError("the server has nothing more to say");
    }

    private void checkHistory(String sequence, int anomalousStep) throws Exception {
        String query = "/dashboard/data/way?sequence=" + URLEncoder.encode(sequence, StandardCharsets.UTF_8)
                + "&anomaly=" + anomalousStep;
        JsonNode history = JSON.readTree(HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.address().resolve(query)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body());
        int steps = history.path("steps").size();
        JsonNode at =
                history.at("/steps/" + (anomalousStep - history.path("first").asInt()));
        assertThat(at.path("event").asText()).isEqualTo("E20");
        assertThat(at.path("anomalous").asBoolean()).isTrue();
        assertThat(history.path("layers").size()).isEqualTo(2);
        for (String table : List.of("f", "i", "g", "o", "c", "h")) {
            assertThat(history.at("/layers/1/tables/" + table).size()).isEqualTo(steps);
            assertThat(history.at("/layers/1/tables/" + table + "/0").size()).isEqualTo(64);
        }
    }

    @Test
    void shouldKeepUpWithThousandsOfUpdatesASecond() throws Exception {
        needsBrowser();
        page.await("document.getElementById('steps').dataset.value > 0");
        int inTime = 0;
        while (inTime < 8) { // in a row; a page that falls further and further behind never reaches this
            long before = application.metrics().steps().sum();
            TimeUnit.SECONDS.sleep(1);
            long shown = page.evaluate("Number(document.getElementById('steps').dataset.value)")
                    .asLong();
            inTime = shown >= before ? inTime + 1 : 0;
        }
        page.await("document.querySelectorAll('#flow path.moving').length >= 3");
        assertThat(page.complaints()).isEmpty();
        page.screenshot(SHOTS.resolve("light.png"));
    }

    @Test
    void shouldExplainTheLatestAnomaly() throws Exception {
        needsBrowser();
        page.await("document.querySelector('#last-anomaly .what')");
        assertThat(page.evaluate("document.querySelector('#last-anomaly .what').textContent")
                        .asText())
                .contains("E20 block to delete is not known")
                .contains("1 chance in ")
                .contains("; the model gave it ")
                .contains(" and expected ");
    }

    @Test
    void shouldShowASequencesHistoryByKeyboardAlone() throws Exception {
        needsBrowser();
        page.await("document.querySelectorAll('#sequence-list button').length > 2");
        page.evaluate("document.querySelector('#sequence-list button').focus()");
        page.press("ArrowDown");
        page.await("document.activeElement === document.querySelectorAll('#sequence-list button')[1]");
        page.press("Enter");
        page.await("document.getElementById('way').open && document.querySelectorAll('.map > canvas').length === 6");
        page.await("document.querySelectorAll('#strip [role=option]').length > 2");
        page.await("document.activeElement.closest('#strip')");
        page.press("ArrowLeft");
        page.await("document.activeElement.getAttribute('aria-selected') === 'true'"
                + " && document.activeElement !== document.getElementById('strip').lastElementChild");
        page.await("document.getElementById('sum').textContent.includes('so c = ')");
        page.screenshot(SHOTS.resolve("history.png"));
        page.press("Escape");
        page.await("!document.getElementById('way').open");
        page.await("document.activeElement.closest('#sequence-list')");
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void shouldShowAShorterHistoryAfterALongerOne() throws Exception {
        needsBrowser();
        String sum = page.evaluate("""
                (async () => {
                  const {Inside} = await import('/dashboard/inside.js');
                  const history = length => ({
                    steps: Array.from({length}, (_, i) => ({step: i + 1})),
                    layers: [{units: 1, tables: {h: Array.from({length}, () => [0.5])}}],
                  });
                  document.getElementById('way').showModal();
                  const inside = new Inside(() => {});
                  inside.show(history(5));
                  inside.at(4);
                  inside.show(history(2));
                  const sum = document.getElementById('sum').textContent;
                  document.getElementById('way').close();
                  return sum;
                })()""").asText();
        assertThat(sum).isEqualTo("Unit 0 at step 2: h = 0.500");
        assertThat(page.complaints()).isEmpty();
    }

    /** By the rules of axe (dequeuniversity.com/rules/axe): contrast, names, roles, landmarks. */
    @Test
    void shouldBeAccessibleInBothThemesOnScreensOfAllSizes() throws Exception {
        needsBrowser();
        page.await("document.querySelectorAll('#sequence-list button').length > 2");
        try (InputStream axe = getClass().getResourceAsStream("/axe.min.js")) {
            page.evaluate(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        }
        for (String theme : List.of("light", "dark")) {
            page.evaluate("document.documentElement.dataset.theme = '" + theme + "'");
            for (int width : new int[] {1920, 1280, 400}) {
                page.resize(width, 1000);
                assertThat(violations()).as(theme + " " + width).isEmpty();
                page.evaluate("document.querySelector('#sequence-list button').click()");
                page.await("document.querySelectorAll('#strip [role=option]').length > 0");
                assertThat(violations()).as(theme + " " + width + ", history").isEmpty();
                page.press("Escape");
                page.await("!document.getElementById('way').open");
            }
        }
        page.evaluate("document.documentElement.dataset.theme = 'light'");
        page.resize(1440, 1000);
    }

    private List<String> violations() throws Exception {
        JsonNode found = page.evaluate("axe.run().then(result => result.violations.map("
                + "each => `${each.id}: ${each.nodes.map(node => node.html).join(' ')}`))");
        List<String> violations = new ArrayList<>();
        found.forEach(each -> violations.add(each.asText()));
        return violations;
    }

    @Test
    void shouldShowTheNameOfAHostileSequenceAsText() throws Exception {
        needsBrowser();
        page.evaluate("document.getElementById('id').value = " + JSON.writeValueAsString(HOSTILE)
                + "; document.getElementById('find').requestSubmit()");
        page.await("document.querySelectorAll('#strip [role=option]').length > 0");
        assertThat(page.evaluate("document.getElementById('way-title').textContent")
                        .asText())
                .isEqualTo(HOSTILE);
        assertThat(page.evaluate("document.title").asText()).isEqualTo("watched · lstm-streams");
        page.press("Escape");
        page.await("!document.getElementById('way').open");
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void shouldFollowTheSystemsColourSchemeUntilItIsSwitched() throws Exception {
        needsBrowser();
        page.prefer("dark");
        page.await("document.documentElement.dataset.theme === 'dark'");
        page.await("document.querySelector('#last-anomaly .what')");
        page.screenshot(SHOTS.resolve("dark.png"));
        page.evaluate("document.getElementById('theme').click()");
        page.await("document.documentElement.dataset.theme === 'light'");
        page.resize(420, 900);
        page.screenshot(SHOTS.resolve("narrow.png"));
        assertThat(page.evaluate("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(420);
        page.resize(1440, 1000);
    }
}
