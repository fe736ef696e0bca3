/** Benchmarks of growth: the effect of the number of sequences, of threads, of units and of symbols. */
package io.lstmstreams.benchmark.growth;
