package io.lstmstreams.runtime;

import java.util.Set;

/**
 * The answer of this instance to a query.
 *
 * @param <T> the type of the answer
 * @param partitions the partitions that this instance owns and has read
 * @param found the answer from the states of these partitions
 */
public record LocalAnswer<T>(Set<Integer> partitions, T found) {}
