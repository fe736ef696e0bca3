package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.Tensor;

/**
 * A tensor in a torch.save file before its numbers are read: a view of a storage. Nothing of it is checked against the
 * storage yet.
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
     * @param key its name in the file
     * @param elements how many numbers it holds
     * @param base the element from which on the offsets of tensors count (only the oldest files have such)
     */
    record Storage(String key, StorageType type, long elements, long base) {}

    /**
     * Describes a view; sizes, strides and offsets count elements of the storage.
     *
     * @param type of the elements, where it is not the storage's
     */
    StoredTensor(Storage storage, StorageType type, long offset, long[] shape, long[] strides) {
        this.storage = storage;
        this.type = type;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
    }

    /** The number of dimensions. */
    public int rank() {
        return shape.length;
    }

    Storage storage() {
        return storage;
    }

    StorageType type() {
        return type;
    }

    /** How many elements of the tensor's own type the storage holds. */
    long elements() {
        return storage.elements() * storage.type().bytes() / type.bytes();
    }

    /** The view's first element in the storage. */
    long first() {
        return storage.base() + offset;
    }

    long[] shape() {
        return shape;
    }

    long[] strides() {
        return strides;
    }

    /** The number of elements, or -1 if there are more than an array can hold. */
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

    /** Whether the elements follow each other in row-major order without a gap. */
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

    /** The view's last element in the storage, or -1 if the sum is past all bounds. */
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
