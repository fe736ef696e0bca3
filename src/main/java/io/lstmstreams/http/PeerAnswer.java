package io.lstmstreams.http;

import io.lstmstreams.runtime.StateQueries.Peer;
import java.util.Set;

/**
 * The answer of another instance.
 *
 * @param status the HTTP status, or 0 for no answer in time
 * @param partitions the partitions that the instance has searched
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

    /**
     * Returns whether the instance has answered from its data, even if the answer is that the sequence does not
     * exist.
     */
    boolean isUsable() {
        return status > 0 && status < UNAVAILABLE && status != 401 && status != 403;
    }

    boolean isNotFound() {
        return status == NOT_FOUND;
    }
}
