/**
 * The part that all importers share. An importer creates a {@link io.lstmstreams.importer.draft.Draft} of a model, and
 * {@link io.lstmstreams.importer.draft.Inference} completes it. Every setting that the file does not state has an
 * {@link io.lstmstreams.importer.draft.Origin}. {@link io.lstmstreams.importer.draft.GateOrder} converts weights from
 * the frameworks' order of gates to ours.
 */
@NullMarked
package io.lstmstreams.importer.draft;

import org.jspecify.annotations.NullMarked;
