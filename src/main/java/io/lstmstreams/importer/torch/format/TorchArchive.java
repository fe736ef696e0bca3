package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.NumberType;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of torch.save in one of its two layouts: a pickle that names storages, and their bytes. */
interface TorchArchive extends Closeable {
    /** Returns the object that the pickle creates, which is null for Python's None. */
    @Nullable
    Object root() throws IOException;

    /** Returns whether the file holds a TorchScript module, whose parameters are attributes of nested objects. */
    boolean torchScript();

    /**
     * Reads the first numbers of a storage.
     *
     * @param type the format of the numbers
     * @param count the number of elements, at most the storage's size according to the pickle; the file may have fewer
     */
    float[] floats(StoredTensor.Storage storage, NumberType type, int count) throws IOException;
}
