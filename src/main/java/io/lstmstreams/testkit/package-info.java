/**
 * A kit for tests of topologies with a recurrent model, in a jar of its own (classifier {@code test-kit}): {@link
 * io.lstmstreams.testkit.SequenceTester} runs a model without a broker, and {@link io.lstmstreams.testkit.TestModels}
 * has models whose results can be computed by hand. Requires {@code kafka-streams-test-utils}, but no test framework
 * and no flag of the JVM.
 */
@NullMarked
package io.lstmstreams.testkit;

import org.jspecify.annotations.NullMarked;
