package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import java.util.stream.Stream;

/** The kernels by name, for tests that hold for each of them. */
public final class KernelNames {
    private KernelNames() {}

    /** All kernels; for {@code @MethodSource}. */
    public static Stream<String> all() {
        return Stream.of("scalar", "vector", "portable", "ojalgo");
    }

    /** The kernel of a name; a processor without vector instructions skips the test of the kernel that needs them. */
    public static Kernel kernel(String name) {
        try {
            return Kernels.named(name);
        } catch (IllegalStateException e) {
            assumeThat(name).as(e.getMessage()).isNotEqualTo("vector");
            throw e;
        }
    }
}
