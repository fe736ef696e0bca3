package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import java.util.stream.Stream;

/** The kernels by name, for tests of every kernel. */
public final class KernelNames {
    private KernelNames() {}

    /** Returns the names of all kernels, for {@code @MethodSource}. */
    public static Stream<String> all() {
        return Stream.of("scalar", "vector", "portable", "ojalgo");
    }

    /** Returns the kernel of a name. Skips the test of the vector kernel on a processor without vector instructions. */
    public static Kernel kernel(String name) {
        try {
            return Kernels.named(name);
        } catch (IllegalStateException e) {
            assumeThat(name).as(e.getMessage()).isNotEqualTo("vector");
            throw e;
        }
    }
}
