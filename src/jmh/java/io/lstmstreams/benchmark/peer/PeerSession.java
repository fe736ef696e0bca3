package io.lstmstreams.benchmark.peer;

import java.nio.ByteBuffer;

/** A model that is ready to run. Not thread-safe. */
public interface PeerSession extends AutoCloseable {
    /**
     * Returns the memory of an input or output, which each {@link #run} reads or overwrites.
     *
     * @return a direct buffer in native byte order, whose position and limit are ignored
     */
    ByteBuffer tensor(String name);

    /** Computes the outputs from the inputs. */
    void run();

    @Override
    void close();
}
