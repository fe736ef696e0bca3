package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.recurrent.Execution;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An execution mode in a spec: {@code {"mode":"carry"}}, or {@code {"mode":"window","length":10,"padding":"none"}},
 * with an optional {@code maskValue}.
 */
final class ExecutionSpec {
    private static final String CARRY = "carry";
    private static final String WINDOW = "window";
    private static final String ZEROS = "zeros";
    private static final String NONE = "none";

    private ExecutionSpec() {}

    /**
     * Reads an execution mode; carry is the default.
     *
     * @param where the file, for errors
     */
    static Execution read(ModelSpec.@Nullable Execution spec, String where) {
        Float maskValue = spec == null || spec.maskValue() == null
                ? null
                : Float.valueOf(spec.maskValue().floatValue());
        if (maskValue != null && !Float.isFinite(maskValue)) {
            throw new Malformed(where, "execution.maskValue must be a finite number, but is " + maskValue);
        }
        if (spec == null || spec.mode() == null || spec.mode().equals(CARRY)) {
            return maskValue == null ? Execution.CARRY : new Execution(0, false, maskValue);
        }
        if (!spec.mode().equals(WINDOW)) {
            throw new Unsupported(
                    where, "execution mode " + spec.mode() + " is not supported; supported: carry and window");
        }
        if (spec.length() == null || spec.length() < 1) {
            throw new Malformed(
                    where, "execution mode window requires a length of at least 1, the number of events in a window");
        }
        if (spec.padding() != null && !List.of(NONE, ZEROS).contains(spec.padding())) {
            throw new Unsupported(where, "padding " + spec.padding() + " is not supported; supported: zeros and none");
        }
        return new Execution(spec.length(), ZEROS.equals(spec.padding()), maskValue);
    }

    /** Returns an execution mode as it is written in a spec. */
    static ObjectNode write(Execution execution) {
        ObjectNode node = SpecJson.MAPPER.createObjectNode();
        if (execution.carries()) {
            node.put("mode", CARRY);
        } else {
            node.put("mode", WINDOW)
                    .put("length", execution.window())
                    .put("padding", execution.padded() ? ZEROS : NONE);
        }
        return execution.maskValue() == null ? node : node.put("maskValue", execution.maskValue());
    }
}
