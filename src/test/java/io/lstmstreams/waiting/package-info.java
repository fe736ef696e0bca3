/** Timeouts for tests that hold on a busy machine. This package knows no other package. */
package io.lstmstreams.waiting;
