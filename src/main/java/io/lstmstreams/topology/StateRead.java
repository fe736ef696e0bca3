package io.lstmstreams.topology;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.errors.InvalidStateStoreException;

/**
 * A read of the states of one partition, which the partition's stream thread answers. Safe for any number of threads.
 *
 * @param <T> the type of the answer
 */
public final class StateRead<T> {
    private final PartitionReads partition;
    private final ReadQueue queue;
    private final Question<T> question;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    /** A question that the stream thread answers. */
    interface Question<T> {
        /**
         * Reads states.
         *
         * @param deadline the time of the stream thread's clock at which to stop, and to answer with the states read
         *     so far
         */
        T ask(long deadline);
    }

    StateRead(PartitionReads partition, ReadQueue queue, Question<T> question) {
        this.partition = partition;
        this.queue = queue;
        this.question = question;
    }

    boolean isOf(PartitionReads other) {
        return partition == other;
    }

    /** Answers the read. An exception of the store fails the read and not the stream, because nothing was changed. */
    void answer(long deadline) {
        if (!answer.isDone()) {
            try {
                answer.complete(question.ask(deadline));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }
    }

    /** Fails the read, because its partition has moved to another task. */
    void fail() {
        answer.completeExceptionally(new InvalidStateStoreException("the partition has moved"));
    }

    /**
     * Waits for the answer.
     *
     * @param deadline the latest time to wait for, in nanoseconds of {@link System#nanoTime}
     * @throws InvalidStateStoreException if the partition has moved, or its store cannot be read
     * @throws TimeoutException if the stream thread has not answered in time
     */
    public T await(long deadline) throws InterruptedException, TimeoutException {
        try {
            return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new InvalidStateStoreException(cause.getMessage(), cause);
        }
    }

    /** Withdraws the read if it is open, because nobody waits for its answer any more. */
    public void withdraw() {
        if (answer.cancel(false)) {
            queue.remove(this);
        }
    }
}
