/**
 * See it work with nothing installed: a stream of made-up log events of a distributed file system, among them sessions
 * that went wrong.
 *
 * <p>{@link io.lstmstreams.demo.BlockGrammar} writes how a block normally lives, {@link
 * io.lstmstreams.demo.FaultInjector} spoils a few of these lives, and {@link io.lstmstreams.demo.BlockEvents} mixes the
 * events of many blocks into one stream. None of them asks the model what it thinks of a session.
 */
package io.lstmstreams.demo;
