package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The dashboard's files without a browser: everything that the page loads exists and is its own, and the page never
 * treats text as HTML.
 */
class DashboardPageTest {
    private static final Pattern LOADED = Pattern.compile("(?:src|href)=\"(dashboard/[^\"]+)\"|from '\\./([^']+)'");

    private final ApplicationServer server = ApplicationServer.start(ApplicationServerTest.config());

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.address().resolve(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** Returns everything that the page loads, directly or indirectly, by path. */
    private Map<String, String> files() throws Exception {
        Map<String, String> files = new LinkedHashMap<>();
        Deque<String> open = new ArrayDeque<>();
        open.add("/");
        while (!open.isEmpty()) {
            String path = open.pop();
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            files.put(path, answer.body());
            Matcher loaded = LOADED.matcher(answer.body());
            while (loaded.find()) {
                String next = loaded.group(1) != null ? "/" + loaded.group(1) : "/dashboard/" + loaded.group(2);
                if (!files.containsKey(next) && !open.contains(next)) {
                    open.add(next);
                }
            }
        }
        return files;
    }

    @Test
    void shouldServeEverythingThatThePageLoads() throws Exception {
        assertThat(files().keySet())
                .contains(
                        "/",
                        "/dashboard/style.css",
                        "/dashboard/main.js",
                        "/dashboard/inside.js",
                        "/dashboard/icon.svg");
    }

    @Test
    void shouldLoadNothingFromOtherServers() throws Exception {
        files().forEach((path, body) -> assertThat(body.replace("http://www.w3.org/2000/svg", ""))
                .as(path)
                .doesNotContain("http:", "https:", "@import"));
        assertThat(get("/").headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'self'")
                .doesNotContain("unsafe");
    }

    @Test
    void shouldNeverReadTextAsHtmlOrCode() throws Exception {
        files().forEach((path, body) -> assertThat(body)
                .as(path)
                .doesNotContain(
                        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"));
        assertThat(get("/").body()).doesNotContain(" style=\"", " onclick=", "<script>");
    }

    @Test
    void shouldNameControlsForScreenReaders() throws Exception {
        assertThat(get("/").body())
                .contains(
                        "lang=\"en\"",
                        "<main>",
                        "role=\"listbox\"",
                        "aria-labelledby=\"anomalies-title\"",
                        "<label for=\"id\">");
    }

    @Test
    void shouldHaveNoHistoryBeforeTheApplicationHasStarted() throws Exception {
        assertThat(get("/dashboard/data/way").statusCode()).isEqualTo(400);
        assertThat(get("/dashboard/data/way?sequence=a").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldServeOnlyThePage() throws Exception {
        assertThat(get("/dashboard/..%2FResponse.class").statusCode()).isEqualTo(404);
        assertThat(get("/dashboard/none.js").statusCode()).isEqualTo(404);
    }
}
