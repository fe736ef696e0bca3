package io.lstmstreams.kernel;

import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds kernels by name, and the fastest one that this JVM can run. */
@API(status = API.Status.STABLE)
public final class Kernels {

    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private Kernels() {}

    /** Returns the names that {@link #named} accepts. */
    public static List<String> names() {
        return List.of("auto", "vector", "portable", "scalar", "ojalgo");
    }

    /** Returns the precisions of weights that {@link #named(String, String)} accepts. */
    public static List<String> precisions() {
        return List.of("float32", "bfloat16");
    }

    /**
     * Returns the kernel of a name, with float32 weights.
     *
     * @param name one of {@link #names()}
     * @throws IllegalArgumentException if no kernel has this name
     * @throws IllegalStateException if this JVM cannot run the kernel; the message has the remedy
     */
    public static Kernel named(String name) {
        return switch (name) {
            case "auto" -> auto();
            case "vector" -> vector(false);
            case "portable" -> new PortableKernel();
            case "scalar" -> new ScalarKernel();
            case "ojalgo" -> new OjAlgoKernel();
            default ->
                throw new IllegalArgumentException(
                        "There is no kernel \"%s\"; choose one of %s".formatted(name, String.join(", ", names())));
        };
    }

    /**
     * Returns the kernel of a name, with weights of a precision. bfloat16 halves the bytes that a product reads, which
     * pays where a network is larger than the processor's caches. It rounds every weight of a matrix to 8 bits of
     * significand.
     *
     * @param name one of {@link #names()}
     * @param precision one of {@link #precisions()}; only {@code vector} supports bfloat16, so {@code auto} then means
     *     {@code vector}
     * @throws IllegalArgumentException if no kernel has this name and precision
     * @throws IllegalStateException if this JVM cannot run the kernel; the message has the remedy
     */
    public static Kernel named(String name, String precision) {
        if (!precisions().contains(precision)) {
            throw new IllegalArgumentException("There is no precision \"%s\" of weights; choose one of %s"
                    .formatted(precision, String.join(", ", precisions())));
        }
        if (precision.equals("float32") || !names().contains(name)) {
            return named(name);
        }
        if (!name.equals("auto") && !name.equals("vector")) {
            throw new IllegalArgumentException(
                    "Kernel %s does not support bfloat16 weights; choose kernel vector or float32 weights"
                            .formatted(name));
        }
        return vector(true);
    }

    /**
     * Returns the fastest kernel that this JVM can run: {@code vector}; otherwise {@code portable}, with a warning that
     * has the remedy. Never throws.
     */
    public static Kernel auto() {
        Optional<String> obstacle = obstacleToVector();
        if (obstacle.isPresent()) {
            LOG.warn("Using kernel portable, which is slower than vector: {}", obstacle.get());
            return new PortableKernel();
        }
        LOG.info("Using kernel vector, {} floats at a time", VectorKernel.lanes());
        return new VectorKernel(false);
    }

    private static Kernel vector(boolean bfloat16) {
        obstacleToVector().ifPresent(obstacle -> {
            throw new IllegalStateException("Kernel vector is not available: " + obstacle);
        });
        return new VectorKernel(bfloat16);
    }

    /** Looks for the module first: without it the class {@link VectorKernel} cannot be loaded. */
    private static Optional<String> obstacleToVector() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            return Optional.of("start java with --add-modules " + VECTOR_MODULE);
        }
        if (VectorKernel.lanes() < 4) {
            return Optional.of("this JVM has no vector instructions for this processor; choose kernel portable");
        }
        return Optional.empty();
    }
}
