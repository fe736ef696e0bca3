package io.lstmstreams.http;

import io.lstmstreams.runtime.StateQueries.Peer;
import java.util.Set;

/**
 * What another instance said.
 *
 * @param status 0 if it said nothing in time
 * @param partitions those that it has and has looked through
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PeerAnswer(Peer peer, int status, Set<Integer> partitions, byte[] body) {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    static PeerAnswer none(Peer peer) {
        return new PeerAnswer(peer, 0, Set.of(), new byte[0]);
    }

    boolean isOk() {
        return status == OK;
    }

    /** Whether it has told what it knows, be it that there is no such thing. */
    boolean isUsable() {
        return status > 0 && status < UNAVAILABLE && status != 401 && status != 403;
    }

    boolean isNotFound() {
        return status == NOT_FOUND;
    }
}
