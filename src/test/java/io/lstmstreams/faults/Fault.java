package io.lstmstreams.faults;

/**
 * One fault of a plan.
 *
 * @param number from 1
 * @param pause milliseconds to wait before it, after the one before it has begun
 * @param millis how long it lasts
 * @param choice decides among possible targets, and whatever else is open
 */
record Fault(int number, FaultKind kind, long pause, long millis, long choice) {}
