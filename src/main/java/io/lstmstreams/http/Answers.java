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
 * A pool that computes answers, each within a limited time, so that a request that hangs blocks neither its client
 * nor the server. Safe for any number of threads.
 */
final class Answers implements AutoCloseable {
    /** More than the requests that may wait for other instances, so that some threads always answer those instances. */
    private static final int THREADS = 24;

    private static final int QUEUE = 60;

    private final ThreadPoolExecutor threads = RequestThreads.pool("http-answer-", THREADS, QUEUE);
    private final Duration limit;

    /** @param limit the longest time for an answer */
    Answers(Duration limit) {
        this.limit = limit;
    }

    /**
     * Computes an answer.
     *
     * @throws RefusedException if too many others are being computed, or if the answer takes too long
     */
    Answer make(Callable<Answer> question) throws Exception {
        Future<Answer> answer = submit(question);
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw RefusedException.unavailable("the answer was not ready within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            answer.cancel(true);
        }
    }

    private Future<Answer> submit(Callable<Answer> question) {
        try {
            return threads.submit(question);
        } catch (RejectedExecutionException e) {
            throw RefusedException.unavailable("too many requests are being answered");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
