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
        return List.of("auto", "vector", "scalar", "ojalgo");
    }

    /**
     * The kernel of that name.
     *
     * @param name one of {@link #names()}
     * @throws IllegalArgumentException if there is no kernel of that name
     * @throws IllegalStateException if this JVM can't run it; the message says what to do
     */
    public static Kernel named(String name) {
        return switch (name) {
            case "auto" -> auto();
            case "vector" -> vector();
            case "scalar" -> new ScalarKernel();
            case "ojalgo" -> new OjAlgoKernel();
            default ->
                throw new IllegalArgumentException(
                        "There is no kernel \"%s\"; choose one of %s".formatted(name, String.join(", ", names())));
        };
    }

    /**
     * The fastest kernel that this JVM can run: {@code vector}, or {@code scalar} and a warning that says what would make
     * it faster. Never throws.
     */
    public static Kernel auto() {
        Optional<String> obstacle = obstacleToVector();
        if (obstacle.isPresent()) {
            LOG.warn("Kernel scalar, which is several times slower than vector: {}", obstacle.get());
            return new ScalarKernel();
        }
        LOG.info("Kernel vector, {} floats at a time", VectorKernel.lanes());
        return new VectorKernel();
    }

    private static Kernel vector() {
        obstacleToVector().ifPresent(obstacle -> {
            throw new IllegalStateException("Kernel vector can't run here: " + obstacle);
        });
        return new VectorKernel();
    }

    /** Asks for the module first: without it {@link VectorKernel} can't even be loaded. */
    private static Optional<String> obstacleToVector() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            return Optional.of("start java with --add-modules " + VECTOR_MODULE);
        }
        if (VectorKernel.lanes() < 4) {
            return Optional.of("this JVM has no vector instructions for this processor; choose kernel scalar");
        }
        return Optional.empty();
    }
}
