/**
 * Arithmetic on float arrays: the product of a matrix and a vector, and the element-wise part of a recurrent layer.
 *
 * <p>One interface has four implementations: {@code vector} (the JDK's Vector API), {@code portable} (loops that the
 * JDK's compiler vectorises by itself), {@code scalar} (textbook loops, the reference for tests) and {@code ojalgo}.
 * {@link io.lstmstreams.kernel.Kernels} chooses one, once. This package does not depend on networks or Kafka.
 */
@NullMarked
package io.lstmstreams.kernel;

import org.jspecify.annotations.NullMarked;
