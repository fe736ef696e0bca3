/**
 * Model file to model and back: {@link io.lstmstreams.modelfile.ModelFile} is the door.
 *
 * <p>{@code format} reads tensors out of files and knows no network; {@code tensor} is what it hands over; the classes here
 * turn tensors and a spec into a model. Files are treated as hostile: every length and shape is checked against the file
 * before anything is allocated for it.
 */
package io.lstmstreams.modelfile;
