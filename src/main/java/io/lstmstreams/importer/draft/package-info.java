/**
 * The part that all importers share: an importer creates a {@link io.lstmstreams.importer.draft.Draft} of a model, in
 * which every setting has an {@link io.lstmstreams.importer.draft.Origin}; {@link
 * io.lstmstreams.importer.draft.Inference} completes the draft; and {@link io.lstmstreams.importer.draft.GateOrder}
 * converts the frameworks' weights to our order of gates.
 */
@NullMarked
package io.lstmstreams.importer.draft;

import org.jspecify.annotations.NullMarked;
