package io.lstmstreams.runtime;

import java.util.Set;

/**
 * What looking for something at one instance came to.
 *
 * @param partitions those that this instance has, and that it has looked through
 * @param found null if it is in none of them
 */
public record Looked<T>(Set<Integer> partitions, T found) {}
