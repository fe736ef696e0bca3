/**
 * The encoding of events as input vectors, by a model's vocabulary and fields.
 *
 * <p>{@link io.lstmstreams.input.Model}, a network with its vocabulary and fields, is what a model file holds and what
 * the rest of the project uses.
 */
@NullMarked
package io.lstmstreams.input;

import org.jspecify.annotations.NullMarked;
