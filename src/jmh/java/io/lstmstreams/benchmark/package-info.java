/**
 * Benchmarks. Times are comparable only within one run on one machine, so every table holds everything that it
 * compares.
 *
 * <p>{@code model} creates networks with random weights. {@code peer} defines the library that we compare with, and
 * {@code onnxruntime} implements it; only the Maven profile {@code benchmark} compiles that package. {@code step}
 * measures one step, {@code pipeline} the path from topic to topic, {@code growth} the effect of the number of
 * sequences.
 */
package io.lstmstreams.benchmark;
