/**
 * The fault suite: real processes, a load with known results, faults drawn from a seed, and a comparison of every
 * result with replay's. {@link io.lstmstreams.faults.FaultSuite} is its command, {@code src/docs/faults.md} its page.
 *
 * <p>The suite uses the application as its users do, by its command, topics and exit codes. It imports only those
 * classes of the application that replay a load.
 */
package io.lstmstreams.faults;
