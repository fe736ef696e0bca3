package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.Tensor;

/**
 * A tensor in a torch.save file before its numbers are read: a view of a storage, not yet checked against the storage.
 */
public final class StoredTensor {
    private final Storage storage;
    private final StorageType type;
    private final long offset;
    private final long[] shape;
    private final long[] strides;

    /**
     * A block of numbers that tensors share.
     *
     * @param key the storage's name in the file
     * @param elements the number of elements
     * @param base the element to which the offsets of tensors are relative; other than 0 only in the oldest files
     */
    record Storage(String key, StorageType type, long elements, long base) {}

    /**
     * Describes a view; sizes, strides and offsets count elements of the storage.
     *
     * @param type the type of the elements, which may differ from the storage's
     */
    StoredTensor(Storage storage, StorageType type, long offset, long[] shape, long[] strides) {
        this.storage = storage;
        this.type = type;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
    }

    /** Returns the number of dimensions. */
    public int rank() {
        return shape.length;
    }

    Storage storage() {
        return storage;
    }

    StorageType type() {
        return type;
    }

    /** Returns the number of elements of the tensor's own type that the storage holds. */
    long elements() {
        return storage.elements() * storage.type().bytes() / type.bytes();
    }

    /** Returns the view's first element in the storage. */
    long first() {
        return storage.base() + offset;
    }

    long[] shape() {
        return shape;
    }

    long[] strides() {
        return strides;
    }

    /** Returns the number of elements, or -1 if an array cannot hold them. */
    int count() {
        for (long size : shape) {
            if (size == 0) {
                return 0;
            }
        }
        long count = 1;
        for (long size : shape) {
            if (size > Integer.MAX_VALUE - 8 || count * size > Integer.MAX_VALUE - 8) {
                return -1;
            }
            count *= size;
        }
        return (int) count;
    }

    /** Returns whether the elements are in row-major order without a gap. */
    boolean contiguous() {
        long expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && strides[i] != expected) {
                return false;
            }
            expected *= shape[i];
        }
        return true;
    }

    /** Returns the view's last element in the storage, or -1 on overflow. */
    long last() {
        long last = first();
        for (int i = 0; i < shape.length; i++) {
            long steps = shape[i] - 1;
            if (steps > 0 && strides[i] > 0 && steps > (Long.MAX_VALUE - last) / strides[i]) {
                return -1;
            }
            last += steps * strides[i];
        }
        return last;
    }

    String shapeText() {
        return Tensor.text(shape);
    }
}
