package io.lstmstreams.importer.keras;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options of each supported class of layers in Keras 1 to 3, including options without influence ({@code __init__}
 * and {@code get_config} of each class and of its superclasses).
 */
final class KnownKeys {
    /**
     * The options of every layer: {@code Layer.__init__}, keywords of older versions, and keys that serialisation adds.
     */
    private static final Set<String> ANY = keys("name trainable dtype dynamic autocast experimental_autocast"
            + " activity_regularizer weights batch_input_shape batch_shape batch_size input_shape input_dim input_length"
            + " input_dtype cache_enabled implementation build_config module registered_name shared_object_id");

    private static final String INPUT = " shape sparse ragged optional type_spec input_tensor";
    private static final String BIAS = " use_bias bias_initializer bias_regularizer bias_constraint";
    private static final String KERNEL = " kernel_initializer kernel_regularizer kernel_constraint";
    private static final String RECURRENT = " recurrent_initializer recurrent_regularizer recurrent_constraint";
    private static final String GATES = " recurrent_activation inner_activation";
    private static final String SEQUENCE = " return_sequences return_state go_backwards stateful unroll time_major"
            + " zero_output_for_mask num_constants consume_less truncate_gradient";
    private static final String CELL =
            " units activation dropout recurrent_dropout seed enable_caching_device" + KERNEL + RECURRENT + BIAS;
    private static final String CELL_OF_KERAS_1 = " output_dim init inner_init forget_bias_init W_regularizer"
            + " U_regularizer b_regularizer dropout_W dropout_U";
    private static final String LAYER = CELL + CELL_OF_KERAS_1 + SEQUENCE + " use_cudnn";
    private static final String DENSE =
            " units activation lora_rank lora_alpha quantization_config output_dim init bias"
                    + " W_regularizer b_regularizer W_constraint b_constraint" + KERNEL + BIAS;
    private static final String EMBEDDING = " output_dim mask_zero embeddings_initializer embeddings_regularizer"
            + " embeddings_constraint sparse lora_rank lora_alpha quantization_config init dropout W_regularizer"
            + " W_constraint";
    private static final String RANDOM = " p rate noise_shape seed force_generator rng_type";
    private static final String NORMALIZATION = " axis epsilon center scale beta_initializer gamma_initializer"
            + " beta_regularizer gamma_regularizer beta_constraint gamma_constraint";
    private static final String BATCH = " momentum moving_mean_initializer moving_variance_initializer renorm"
            + " renorm_clipping renorm_momentum fused virtual_batch_size adjustment synchronized mode beta_init gamma_init";
    private static final String MERGE =
            " mode mode_type concat_axis dot_axes output_shape output_shape_type output_mask"
                    + " output_mask_type node_indices tensor_indices arguments layers";

    private static final Map<String, Set<String>> OWN = Map.ofEntries(
            Map.entry("InputLayer", keys(INPUT)),
            Map.entry("LSTM", keys(LAYER + GATES + " unit_forget_bias")),
            Map.entry("GRU", keys(LAYER + GATES + " reset_after")),
            Map.entry("SimpleRNN", keys(LAYER)),
            Map.entry("CuDNNLSTM", keys(LAYER + GATES + " unit_forget_bias")),
            Map.entry("CuDNNGRU", keys(LAYER + GATES + " reset_after")),
            Map.entry("LSTMCell", keys(CELL + GATES + " unit_forget_bias")),
            Map.entry("GRUCell", keys(CELL + GATES + " reset_after")),
            Map.entry("SimpleRNNCell", keys(CELL)),
            Map.entry("RNN", keys(SEQUENCE + " cell enable_caching_device")),
            Map.entry("StackedRNNCells", keys("cells reverse_state_order")),
            Map.entry("TimeDistributed", keys("layer")),
            Map.entry("Dense", keys(DENSE)),
            Map.entry("TimeDistributedDense", keys(DENSE)),
            Map.entry("Embedding", keys(EMBEDDING)),
            Map.entry("BatchNormalization", keys(NORMALIZATION + BATCH)),
            Map.entry("LayerNormalization", keys(NORMALIZATION + " rms_scaling")),
            Map.entry("Dropout", keys(RANDOM)),
            Map.entry("SpatialDropout1D", keys(RANDOM + " dim_ordering data_format")),
            Map.entry("GaussianNoise", keys(RANDOM + " sigma stddev")),
            Map.entry("GaussianDropout", keys(RANDOM)),
            Map.entry("AlphaDropout", keys(RANDOM)),
            Map.entry("ActivityRegularization", keys("l1 l2")),
            Map.entry("Identity", keys("")),
            Map.entry("Masking", keys("mask_value")),
            Map.entry(
                    "Conv1D",
                    keys("filters kernel_size strides padding data_format dilation_rate groups rank kernel_constraint"
                            + DENSE)),
            Map.entry("Normalization", keys("axis mean variance invert")),
            Map.entry("Activation", keys("activation")),
            Map.entry("ReLU", keys("max_value negative_slope threshold")),
            Map.entry("LeakyReLU", keys("negative_slope alpha")),
            Map.entry("ELU", keys("alpha")),
            Map.entry("ThresholdedReLU", keys("theta")),
            Map.entry("Softmax", keys("axis")),
            Map.entry("Rescaling", keys("scale offset")),
            Map.entry("Add", keys("")),
            Map.entry("Multiply", keys("")),
            Map.entry("Concatenate", keys("axis")),
            Map.entry("Merge", keys(MERGE)),
            Map.entry("Flatten", keys("data_format")),
            Map.entry("Reshape", keys("target_shape")));

    private static final Map<String, Set<String>> ALL = withAny();

    private KnownKeys() {}

    private static Set<String> keys(String names) {
        return Arrays.stream(names.trim().split(" "))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Map<String, Set<String>> withAny() {
        Map<String, Set<String>> all = new HashMap<>();
        OWN.forEach((name, own) -> {
            Set<String> keys = new HashSet<>(own);
            keys.addAll(ANY);
            all.put(name, Set.copyOf(keys));
        });
        return Map.copyOf(all);
    }

    /** Returns the options of a class, or null if the class is not supported. */
    static @Nullable Set<String> of(String className) {
        return ALL.get(className);
    }
}
