/**
 * Event to input lines: the vocabulary that a model was trained on, and its one-hot encoding.
 *
 * <p>{@link io.lstmstreams.input.Model}, a network together with the names of its events, is what a model file holds
 * and what the rest of the project passes around.
 */
package io.lstmstreams.input;
