package io.lstmstreams.http;

import io.lstmstreams.http.Peers.PeerRequest;
import io.lstmstreams.runtime.LocalAnswer;
import io.lstmstreams.runtime.SequencePage;
import io.lstmstreams.runtime.StateQueries;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Lists of the sequences of all instances, merged from one page of each instance. Safe for any number of threads. */
final class SequenceLists {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final Peers peers;

    SequenceLists(Peers peers) {
        this.peers = peers;
    }

    /** Returns the requested page. */
    Response list(Request request, StateQueries queries) throws IOException, InterruptedException {
        String prefix = Objects.requireNonNullElse(request.query("prefix"), "");
        String after = request.query("after");
        int limit = (int)
                request.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT, "limit must be a number from 1 to " + MAX_LIMIT);
        LocalAnswer<SequencePage> own = queries.list(prefix, after == null ? null : MergedPage.cursor(after), limit);
        MergedPage merged = new MergedPage();
        merged.add(own.found());
        boolean fromInstance = request.has(Peers.FROM_INSTANCE);
        if (!fromInstance) {
            String path = "/sequences?prefix=" + URLEncoder.encode(prefix, StandardCharsets.UTF_8) + "&limit=" + limit
                    + (after == null ? "" : "&after=" + after);
            addOthers(merged, queries, new Coverage(queries, own.partitions()), new PeerRequest(path, null));
        }
        Response page = Response.json(merged.page(limit, "true".equals(request.query("ids"))));
        return fromInstance ? page.with(Peers.PARTITIONS, Peers.format(own.partitions())) : page;
    }

    private void addOthers(MergedPage merged, StateQueries queries, Coverage coverage, PeerRequest toOthers)
            throws IOException, InterruptedException {
        if (!coverage.isComplete()) {
            long deadline = System.nanoTime() + Peers.TIMEOUT.toNanos();
            for (PeerResponse response : peers.ask(queries.others(null), toOthers, deadline)) {
                coverage.add(response);
                if (response.isOk()) {
                    merged.add(response.body());
                }
            }
            coverage.check();
        }
    }
}
