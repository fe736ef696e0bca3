package io.lstmstreams.importer.onnx;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The layout of a tensor in an array: element (i, j, ...) is at {@code offset + i * strides[0] + j * strides[1] ...}.
 * Transposing, slicing and the like return another view and do not copy elements.
 *
 * @param dims the sizes of the dimensions; their product is a possible length of an array
 * @param strides the distance of adjacent elements along each dimension
 * @param offset the index of the first element
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record View(int[] dims, int[] strides, int offset) {

    /** Returns the view of contiguous elements in row-major order. */
    static View contiguous(int... dims) {
        int[] strides = new int[dims.length];
        int stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return new View(dims, strides, 0);
    }

    int rank() {
        return dims.length;
    }

    int count() {
        return Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    }

    boolean isContiguous() {
        int stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            if (dims[i] != 1 && strides[i] != stride) {
                return false;
            }
            stride *= dims[i];
        }
        return true;
    }

    View transposed(int... permutation) {
        int[] newDims = new int[dims.length];
        int[] newStrides = new int[dims.length];
        for (int i = 0; i < dims.length; i++) {
            newDims[i] = dims[permutation[i]];
            newStrides[i] = strides[permutation[i]];
        }
        return new View(newDims, newStrides, offset);
    }

    /** Returns the view of {@code count} elements start, start + step, ... along an axis. */
    View sliced(int axis, int start, int step, int count) {
        int[] newDims = dims.clone();
        int[] newStrides = strides.clone();
        newDims[axis] = count;
        newStrides[axis] *= step;
        return new View(newDims, newStrides, count == 0 ? offset : offset + start * strides[axis]);
    }

    View without(int axis) {
        return new View(removed(dims, axis), removed(strides, axis), offset);
    }

    View withSingle(int axis) {
        return new View(inserted(dims, axis, 1), inserted(strides, axis, 0), offset);
    }

    /**
     * Returns whether ONNX's broadcasting, which expands dimensions of size 1 and prepends dimensions, leads to a
     * shape.
     */
    boolean isExpandableTo(int... target) {
        int shift = target.length - dims.length;
        boolean fits = shift >= 0;
        for (int i = 0; fits && i < dims.length; i++) {
            fits = dims[i] == 1 || dims[i] == target[shift + i];
        }
        return fits;
    }

    /** Expands the view to a shape to which it {@link #isExpandableTo is expandable}. */
    View expanded(int... target) {
        int[] newStrides = new int[target.length];
        int shift = target.length - dims.length;
        for (int i = shift; i < target.length; i++) {
            newStrides[i] = dims[i - shift] == 1 ? 0 : strides[i - shift];
        }
        return new View(target, newStrides, offset);
    }

    /** Passes the index of each element, in row-major order. */
    void forEach(IntConsumer place) {
        int count = count();
        int[] index = new int[dims.length];
        int at = offset;
        for (int i = 0; i < count; i++) {
            place.accept(at);
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                at += strides[axis];
                if (++index[axis] < dims[axis]) {
                    break;
                }
                at -= strides[axis] * dims[axis];
                index[axis] = 0;
            }
        }
    }

    private static int[] removed(int[] values, int at) {
        int[] result = new int[values.length - 1];
        System.arraycopy(values, 0, result, 0, at);
        System.arraycopy(values, at + 1, result, at, result.length - at);
        return result;
    }

    private static int[] inserted(int[] values, int at, int value) {
        int[] result = new int[values.length + 1];
        System.arraycopy(values, 0, result, 0, at);
        result[at] = value;
        System.arraycopy(values, at, result, at + 1, values.length - at);
        return result;
    }
}
