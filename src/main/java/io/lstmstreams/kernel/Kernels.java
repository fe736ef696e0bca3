package io.lstmstreams.kernel;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses a kernel, once, when a model is loaded. */
public final class Kernels {

    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private Kernels() {}

    /** The names that {@link #named} knows. */
    public static List<String> names() {
        return List.of("auto", "vector", "portable", "scalar", "ojalgo");
    }

    /** The precisions of weights that {@link #named(String, String)} knows. */
    public static List<String> precisions() {
        return List.of("float32", "bfloat16");
    }

    /**
     * The kernel of that name, with weights as they are.
     *
     * @param name one of {@link #names()}
     * @throws IllegalArgumentException if there is no kernel of that name
     * @throws IllegalStateException if this JVM can't run it; the message says what to do
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
     * The kernel of that name, with weights of that precision. bfloat16 halves the bytes that a product reads, which pays
     * where a model is larger than the processor's caches, and rounds every weight of a matrix to 8 bits of significand.
     *
     * @param name one of {@link #names()}
     * @param precision one of {@link #precisions()}; only {@code vector} knows bfloat16, and {@code auto} then takes it
     * @throws IllegalArgumentException if there is no such kernel, or none with that precision
     * @throws IllegalStateException if this JVM can't run it; the message says what to do
     */
    public static Kernel named(String name, String precision) {
        if (!precisions().contains(precision)) {
            throw new IllegalArgumentException("There are no weights of \"%s\"; choose one of %s"
                    .formatted(precision, String.join(", ", precisions())));
        }
        if (precision.equals("float32") || !names().contains(name)) {
            return named(name);
        }
        if (!name.equals("auto") && !name.equals("vector")) {
            throw new IllegalArgumentException(
                    "Kernel %s has no weights of bfloat16; choose kernel vector, or float32".formatted(name));
        }
        return vector(true);
    }

    /**
     * The fastest kernel that this JVM can run: {@code vector}, or {@code portable} and a warning that says what would
     * make it faster. Never throws.
     */
    public static Kernel auto() {
        Optional<String> obstacle = obstacleToVector();
        if (obstacle.isPresent()) {
            LOG.warn("Kernel portable, which is slower than vector: {}", obstacle.get());
            return new PortableKernel();
        }
        LOG.info("Kernel vector, {} floats at a time", VectorKernel.lanes());
        return new VectorKernel(false);
    }

    private static Kernel vector(boolean bfloat16) {
        obstacleToVector().ifPresent(obstacle -> {
            throw new IllegalStateException("Kernel vector can't run here: " + obstacle);
        });
        return new VectorKernel(bfloat16);
    }

    /** Asks for the module first: without it {@link VectorKernel} can't even be loaded. */
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
