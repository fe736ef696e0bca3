/**
 * A load whose answers are known: interleaved sequences, sent at a steady rate, and a comparison of every result, verdict and
 * dead letter with replay's. It knows no class of the application but those that replay a load; the fault suite and the
 * soak use it.
 */
package io.lstmstreams.load;
