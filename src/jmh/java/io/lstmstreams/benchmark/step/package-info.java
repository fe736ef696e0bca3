/**
 * Benchmarks of one step of one sequence, and of several sequences at once: our kernels beside the peer, with the same
 * weights in one run.
 */
package io.lstmstreams.benchmark.step;
