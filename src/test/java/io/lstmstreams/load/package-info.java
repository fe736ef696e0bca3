/**
 * A load with known answers: interleaved sequences, sent at a steady rate, and a comparison of every result, verdict
 * and dead letter with replay's. The fault suite and the soak use it. This package imports only those classes of the
 * application that replay a load.
 */
package io.lstmstreams.load;
