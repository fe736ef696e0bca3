package io.lstmstreams.importer.tensorflow;

import io.lstmstreams.importer.tensorflow.Variables.Named;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Scopes and names that identify a model as unsupported, each with the reason. */
final class UnsupportedScopes {
    private static final Map<Pattern, String> REASONS = new LinkedHashMap<>();

    static {
        reason(
                "bidirectional.*|stack_bidirectional.*|fw|bw|(forward|backward)_(lstm|gru|rnn|simple_rnn).*",
                "belongs to a bidirectional layer, which requires the whole sequence and cannot run one step at a time");
        reason(
                ".*attention.*",
                "belongs to an attention layer, which requires the whole sequence and cannot run one step at a time");
        reason(
                "(separable_|depthwise_)?conv(_?lstm.*|\\d?_?\\d?d.*|_\\d+|_layer.*)?|convolution.*",
                "belongs to a convolution, which is not supported");
        reason(
                "opaque_kernel|opaque_params",
                "holds a cuDNN layer's parameters in cuDNN's opaque layout, which is not supported; save the model"
                        + " with the layer's canonical variables (its saveable) and import that file");
        reason(
                "(phased_lstm|grid_lstm|bidirectional_grid_lstm|time_freq_lstm|glstm|coupled_input_forget_gate_lstm"
                        + "|indy_lstm|indy_gru|indrnn|layer_norm_lstm|layer_norm_basic_gru|weight_norm_lstm|sru|nas"
                        + "|ugrnn|intersection_rnn|compiled_wrapper|highway_wrapper|zoneout.*)(_cell)?(_\\d+)?",
                "belongs to a kind of cell that is not supported (supported: LSTM, GRU and basic RNN cells)");
        reason(
                "(batch_?norm|layer_?norm|batch_normalization|layer_normalization|bn|ln)(_?\\d+)?",
                "belongs to a normalisation between layers, but a checkpoint does not state its place; save the model"
                        + " as .keras and import that file");
    }

    private static final Pattern ENCODER = Pattern.compile("(.*_)?enc(oder)?(_?\\d+|_(lstm|gru|rnn|cell).*)?");
    private static final Pattern DECODER = Pattern.compile("(.*_)?dec(oder)?(_?\\d+|_(lstm|gru|rnn|cell).*)?");

    private UnsupportedScopes() {}

    private static void reason(String scope, String reason) {
        REASONS.put(Pattern.compile(scope), reason);
    }

    static void refuse(Variables variables) {
        boolean encoder = variables.all().stream()
                .flatMap(named -> Stream.of(named.name().scope().split("/", -1)))
                .anyMatch(part -> ENCODER.matcher(part).matches());
        for (Named named : variables.all()) {
            String name = named.name().toString();
            for (String part : name.split("/", -1)) {
                REASONS.forEach((pattern, reason) -> {
                    if (pattern.matcher(part).matches()) {
                        throw variables.unsupported(named, reason);
                    }
                });
                if (encoder && DECODER.matcher(part).matches()) {
                    throw variables.unsupported(
                            named,
                            "belongs to a decoder after an encoder, which requires the whole sequence first and cannot"
                                    + " run one step at a time");
                }
            }
        }
    }
}
