package io.lstmstreams.importer.tensorflow;

import io.lstmstreams.importer.tensorflow.Variables.Named;
import io.lstmstreams.importer.tensorflow.format.VariableFile.Variable;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Selects the variables of the model among the variables that a training program stores. */
final class ModelVariables {
    private static final String ATTRIBUTES = "/.ATTRIBUTES/VARIABLE_VALUE";
    private static final int MAX_NAME = 1_000;
    private static final String MOVING_AVERAGE = "/ExponentialMovingAverage";

    /** The optimizers' slots of a variable in TensorFlow 1, below the variable and under the optimizer's name. */
    private static final Pattern SLOT = Pattern.compile(
            ".*/(Adam|AdaMax|AdamW?Optimizer|AMSGrad|NAdam|LazyAdam|RMSProp|Momentum|Adagrad|AdagradDA|AdagradAccum|Adadelta"
                    + "|Ftrl|ProximalAdagrad|adam_[mv])(_\\d+)?",
            Pattern.DOTALL);

    /** Numbers that control the training, and the state of random generators. */
    private static final Pattern TRAINING = Pattern.compile(
            "(.*/)?(beta[12]_power|global_step|learning_rate|lr|decay|momentum|rho|iter|iterations?|step|epoch|loss"
                    + "|current_learning_rate|save_counter|keep_prob|good_steps|current_loss_scale|seed_generator_state"
                    + "|local_step|num_steps|total|count|is_training|batch_size)(_\\d+)?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** The paths of the optimizer's and Keras' metrics' objects in TensorFlow 2. */
    private static final Pattern TRAINING_PATH = Pattern.compile(
            "(.*/)?(\\.OPTIMIZER_SLOT/.*|_?optimizer/.*|keras_api/metrics/.*|_CHECKPOINTABLE_OBJECT_GRAPH|loss_tracker/.*"
                    + "|\\.ATTRIBUTES/OBJECT_CONFIG_JSON"
                    + "|_?save_counter.*|_metrics/.*)",
            Pattern.DOTALL);

    private ModelVariables() {}

    static List<Named> of(Map<String, Variable> variables, Map<String, String> fullNames, String file) {
        Map<String, Variable> kept = new LinkedHashMap<>();
        boolean exported = variables.keySet().stream().anyMatch(name -> name.startsWith("variables/"));
        variables.forEach((name, variable) -> {
            if (Math.max(name.length(), fullNames.getOrDefault(name, "").length()) > MAX_NAME) {
                throw new Malformed(
                        file, "a variable's name must have at most " + MAX_NAME + " characters, but has more");
            }
            // Keras' export stores every variable twice: in the model's order, and again with the layers' states.
            boolean copy = exported && name.startsWith("_all_variables/");
            boolean ofTraining = TRAINING.matcher(withoutAttributes(name)).matches() && variable.shape().length == 0;
            if (!copy
                    && !ofTraining
                    && !SLOT.matcher(name).matches()
                    && !TRAINING_PATH.matcher(name).matches()) {
                kept.put(name, variable);
            }
        });
        Map<String, Long> uses = kept.keySet().stream()
                .map(name -> fullNames.getOrDefault(name, ""))
                .collect(Collectors.groupingBy(Function.identity(), HashMap::new, Collectors.counting()));
        Set<String> raw = new HashSet<>(kept.keySet());
        List<Named> result = new ArrayList<>();
        kept.forEach((name, variable) -> {
            String path = withoutAttributes(name);
            String fullName = fullNames.getOrDefault(name, "");
            String own = fullName.isEmpty() || uses.getOrDefault(fullName, 0L) > 1 ? path : fullName;
            boolean training = SLOT.matcher(own).matches()
                    || (TRAINING.matcher(own).matches() && (variable.shape().length == 0 || !variable.number()));
            if (own.endsWith(MOVING_AVERAGE)) {
                own = own.substring(0, own.length() - MOVING_AVERAGE.length());
                training = raw.contains(own); // if the variable itself is missing, its average replaces it
            }
            if (!training) {
                VariableName canonical = VariableName.of(own);
                boolean isPath = name.endsWith(ATTRIBUTES);
                result.add(new Named(canonical, variable, isPath ? path : canonical.toString()));
            }
        });
        return result;
    }

    private static String withoutAttributes(String name) {
        return name.endsWith(ATTRIBUTES) ? name.substring(0, name.length() - ATTRIBUTES.length()) : name;
    }
}
