/**
 * The soak: the application under ordinary use for a long time, observed from outside its process. It asserts that
 * nothing grows, that no thread stops and that every answer is replay's. {@link io.lstmstreams.soak.Soak} is its
 * command, {@code src/docs/soak.md} its page.
 */
package io.lstmstreams.soak;
