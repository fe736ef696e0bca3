/** Named tensors, and safetensors, the file format that holds them. */
package io.lstmstreams.modelfile.tensor;
