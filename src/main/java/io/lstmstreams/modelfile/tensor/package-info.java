/** Named tensors, and safetensors, the file format that holds them. */
@NullMarked
package io.lstmstreams.modelfile.tensor;

import org.jspecify.annotations.NullMarked;
