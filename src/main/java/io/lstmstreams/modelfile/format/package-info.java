/** One reader per file format. None of them knows what a recurrent network is. */
package io.lstmstreams.modelfile.format;
