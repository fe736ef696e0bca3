package io.lstmstreams.http;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A pool of threads that compute responses, each within a limited time: a request that hangs blocks neither its client
 * nor the server. Safe for any number of threads.
 */
final class ResponsePool implements AutoCloseable {
    /** The number of threads: more than the requests that may wait for other instances, so that some answer those. */
    private static final int THREADS = 24;

    private static final int QUEUE = 60;

    private final ThreadPoolExecutor threads = RequestThreads.pool("http-answer-", THREADS, QUEUE);
    private final Duration limit;

    /** @param limit the longest time to compute a response */
    ResponsePool(Duration limit) {
        this.limit = limit;
    }

    /**
     * Computes a response.
     *
     * @throws RefusedException if too many responses are being computed, or if this one takes too long
     */
    Response compute(Callable<Response> handler) throws Exception {
        Future<Response> response = submit(handler);
        try {
            return response.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw RefusedException.unavailable("the response was not ready within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            response.cancel(true);
        }
    }

    private Future<Response> submit(Callable<Response> handler) {
        try {
            return threads.submit(handler);
        } catch (RejectedExecutionException e) {
            throw RefusedException.unavailable("too many requests are being answered");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
