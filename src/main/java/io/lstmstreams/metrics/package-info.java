/** Counts and durations of the stream's work. This package does not know where they are shown. */
package io.lstmstreams.metrics;
