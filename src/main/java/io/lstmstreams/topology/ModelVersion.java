package io.lstmstreams.topology;

import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.recurrent.PackedNetwork;
import org.jspecify.annotations.Nullable;

/**
 * A model whose network is packed for a kernel. Immutable and safe for any number of threads.
 *
 * @param sha256 the SHA-256 of the model's file, 64 hexadecimal digits; null for a model that never changes
 * @param model the vocabulary, the input fields and the network
 * @param packed the network, packed for a kernel
 * @param encoder encodes events for the model
 * @param json writes the model's results
 */
public record ModelVersion(
        @Nullable String sha256, Model model, PackedNetwork packed, InputEncoder encoder, OutputJson json) {
    private static final int NAME_DIGITS = 16;

    /** Packs a model's network for a kernel. */
    public static ModelVersion of(@Nullable String sha256, Model model, Kernel kernel) {
        return new ModelVersion(
                sha256,
                model,
                PackedNetwork.of(model.network(), kernel),
                new InputEncoder(model),
                new OutputJson(model.vocabulary()));
    }

    /** Returns the model's name in results, 16 hexadecimal digits; null for a model that never changes. */
    public @Nullable String name() {
        return sha256 == null ? null : sha256.substring(0, NAME_DIGITS);
    }

    /** Returns the model's id in stored states, the number that its name writes; 0 for a model that never changes. */
    public long id() {
        String name = name();
        return name == null ? 0 : Long.parseUnsignedLong(name, 16);
    }
}
