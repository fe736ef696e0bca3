/**
 * A demo that requires no installation: a stream of generated log events of a distributed file system, with some faulty
 * sessions.
 *
 * <p>{@link io.lstmstreams.demo.BlockGrammar} generates the normal life cycles of blocks, {@link
 * io.lstmstreams.demo.FaultInjector} adds faults to some of them, and {@link io.lstmstreams.demo.BlockEvents} mixes the
 * events of many blocks into one stream. None of these classes uses the model.
 */
@NullMarked
package io.lstmstreams.demo;

import org.jspecify.annotations.NullMarked;
