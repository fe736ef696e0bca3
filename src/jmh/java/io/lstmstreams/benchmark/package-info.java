/**
 * Benchmarks. Times mean something within one run on one machine only, so every table holds all that is compared.
 *
 * <p>{@code model} makes networks of random weights, {@code peer} is what we compare with, {@code onnxruntime} the one
 * package that knows it and that is compiled with the Maven profile {@code benchmark} only; {@code step} measures one step,
 * {@code pipeline} the way from topic to topic, {@code growth} many sequences.
 */
package io.lstmstreams.benchmark;
