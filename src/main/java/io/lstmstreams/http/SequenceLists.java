package io.lstmstreams.http;

import io.lstmstreams.http.Peers.Question;
import io.lstmstreams.runtime.Looked;
import io.lstmstreams.runtime.SequencePage;
import io.lstmstreams.runtime.StateQueries;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Lists of the sequences of all instances, merged from one page of each instance. Safe for any number of threads. */
final class SequenceLists {
    private static final int LIMIT = 100;
    private static final int MOST = 1_000;

    private final Peers peers;

    SequenceLists(Peers peers) {
        this.peers = peers;
    }

    /** Returns the requested page. */
    Answer list(Request request, StateQueries queries) throws IOException, InterruptedException {
        String prefix = request.query("prefix") == null ? "" : request.query("prefix");
        String after = request.query("after");
        int limit = (int) request.number("limit", LIMIT, 1, MOST, "limit must be a number from 1 to " + MOST);
        Looked<SequencePage> own = queries.list(prefix, after == null ? null : MergedPage.cursor(after), limit);
        MergedPage merged = new MergedPage();
        merged.add(own.found());
        boolean fromInstance = request.has(Peers.FROM_INSTANCE);
        if (!fromInstance) {
            String path = "/sequences?prefix=" + URLEncoder.encode(prefix, StandardCharsets.UTF_8) + "&limit=" + limit
                    + (after == null ? "" : "&after=" + after);
            addOthers(merged, queries, new Coverage(queries, own.partitions()), new Question(path, null));
        }
        Answer page = Answer.json(merged.page(limit, "true".equals(request.query("ids"))));
        return fromInstance ? page.with(Peers.PARTITIONS, Peers.format(own.partitions())) : page;
    }

    private void addOthers(MergedPage merged, StateQueries queries, Coverage coverage, Question question)
            throws IOException, InterruptedException {
        if (!coverage.isComplete()) {
            long deadline = System.nanoTime() + Peers.TIMEOUT.toNanos();
            for (PeerAnswer answer : peers.ask(queries.others(null), question, deadline)) {
                coverage.add(answer);
                if (answer.isOk()) {
                    merged.add(answer.body());
                }
            }
            coverage.check();
        }
    }
}
