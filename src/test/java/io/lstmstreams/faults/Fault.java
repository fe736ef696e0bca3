package io.lstmstreams.faults;

/**
 * A fault of a plan.
 *
 * @param number the fault's number, from 1
 * @param pause the milliseconds from the start of the previous fault
 * @param millis the duration in milliseconds
 * @param choice a random number that chooses the target and further details
 */
record Fault(int number, FaultKind kind, long pause, long millis, long choice) {}
