/** One step of one sequence, and of several sequences at once: ours beside the peer, on the same weights in one run. */
package io.lstmstreams.benchmark.step;
