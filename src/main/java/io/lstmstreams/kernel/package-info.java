/**
 * Arithmetic on float arrays: matrix times vector, and the element-wise part of a cell.
 *
 * <p>Four implementations of one interface: {@code vector} (the JDK's Vector API), {@code portable} (loops that the JDK's
 * compiler vectorises by itself), {@code scalar} (textbook loops, the oracle) and {@code ojalgo}. {@link io.lstmstreams.kernel.Kernels} chooses one, once. This package knows no model, no sequence and no Kafka.
 */
package io.lstmstreams.kernel;
