/** What a reader of a file format hands over: named tensors and text, whatever they mean. */
package io.lstmstreams.modelfile.tensor;
