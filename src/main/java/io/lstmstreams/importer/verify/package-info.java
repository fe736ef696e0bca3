/**
 * Compares a model with what its framework computed: reads the framework's inputs and outputs, runs the model on the
 * inputs, and tries what would explain a difference.
 */
@NullMarked
package io.lstmstreams.importer.verify;

import org.jspecify.annotations.NullMarked;
