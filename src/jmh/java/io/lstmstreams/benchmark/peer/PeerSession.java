package io.lstmstreams.benchmark.peer;

import java.nio.ByteBuffer;

/** A model that is ready to run. Not thread-safe. */
public interface PeerSession extends AutoCloseable {
    /**
     * The memory of an input or output: read or overwritten by each {@link #run}.
     *
     * @return a direct buffer in native byte order; its position and limit are never looked at
     */
    ByteBuffer tensor(String name);

    /** Computes the outputs from the inputs. */
    void run();

    @Override
    void close();
}
