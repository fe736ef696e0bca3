/**
 * Converts a PyTorch {@code state_dict} into a {@link io.lstmstreams.importer.draft.Draft}; the entry point is {@link
 * io.lstmstreams.importer.torch.TorchImporter}. The layers and their order are inferred from names and shapes; the
 * user's spec must give the rest. The package {@code format} reads the bytes of files.
 */
@NullMarked
package io.lstmstreams.importer.torch;

import org.jspecify.annotations.NullMarked;
