/**
 * Arithmetic on float arrays: matrix times vector, and the element-wise part of a cell.
 *
 * <p>Three implementations of one interface: {@code scalar} (plain loops, the oracle), {@code vector} (the JDK's Vector
 * API) and {@code ojalgo}. {@link io.lstmstreams.kernel.Kernels} chooses one, once. This package knows no model, no sequence and no Kafka.
 */
package io.lstmstreams.kernel;
