/** Counts and durations of the stream's work. This package does not know where they are shown. */
@NullMarked
package io.lstmstreams.metrics;

import org.jspecify.annotations.NullMarked;
