/** Counts of what the stream does. Knows nobody; everybody may count. */
package io.lstmstreams.metrics;
