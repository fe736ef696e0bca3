/** Benchmarks of the whole way of a record. Compared only within one run. */
package io.lstmstreams.benchmark;
