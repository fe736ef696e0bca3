/**
 * The fault suite: real processes, a load whose results are known, faults drawn from a seed, and a comparison of every
 * result with what replay makes of the same load. {@link io.lstmstreams.faults.FaultSuite} is its command, {@code
 * src/docs/faults.md} its page.
 *
 * <p>It sees the application as its users do, by its command, its topics and its exit codes, and knows no class of it but
 * those that replay a load.
 */
package io.lstmstreams.faults;
