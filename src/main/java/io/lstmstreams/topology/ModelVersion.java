package io.lstmstreams.topology;

import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.recurrent.PackedNetwork;

/**
 * A model that is ready to step. Immutable and safe for any number of threads.
 *
 * @param sha256 of its file, 64 hexadecimal digits; null for a model that no other one ever replaces
 * @param model the model and its events
 * @param packed its weights, packed for a kernel
 * @param encoder makes inputs of events
 * @param json writes its results
 */
public record ModelVersion(String sha256, Model model, PackedNetwork packed, InputEncoder encoder, OutputJson json) {
    private static final int NAME_DIGITS = 16;

    /** A model whose weights are packed here for a kernel. */
    public static ModelVersion of(String sha256, Model model, Kernel kernel) {
        return new ModelVersion(
                sha256,
                model,
                PackedNetwork.of(model.network(), kernel),
                new InputEncoder(model),
                new OutputJson(model.vocabulary()));
    }

    /** What results call it: 16 hexadecimal digits; null for the only model. */
    public String name() {
        return sha256 == null ? null : sha256.substring(0, NAME_DIGITS);
    }

    /** What stored states call it: the number of these digits; 0 for the only model. */
    public long id() {
        return sha256 == null ? 0 : Long.parseUnsignedLong(name(), 16);
    }
}
