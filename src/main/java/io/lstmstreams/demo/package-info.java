/**
 * A demo that needs no installation: a stream of generated log events of a distributed file system, some of them of
 * faulty sessions.
 *
 * <p>{@link io.lstmstreams.demo.BlockGrammar} generates the normal life cycle of a block, {@link
 * io.lstmstreams.demo.FaultInjector} adds faults to some of them, and {@link io.lstmstreams.demo.BlockEvents} mixes the
 * events of many blocks into one stream. None of them uses the model.
 */
package io.lstmstreams.demo;
