/** Counts and times of what the stream does. Knows nobody, and nothing of where they are shown; everybody may count. */
package io.lstmstreams.metrics;
