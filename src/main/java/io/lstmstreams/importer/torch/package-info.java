/**
 * From a PyTorch {@code state_dict} to a {@link io.lstmstreams.importer.draft.Draft}: {@link
 * io.lstmstreams.importer.torch.TorchImporter} is the door. Names and shapes tell the layers and their order; what they do
 * not tell is asked for. It knows no bytes of a file ({@code format} does) and no arithmetic of a network.
 */
package io.lstmstreams.importer.torch;
