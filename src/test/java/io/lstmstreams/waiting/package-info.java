/** Waiting and time limits that a busy machine does not break. It knows no other package. */
package io.lstmstreams.waiting;
