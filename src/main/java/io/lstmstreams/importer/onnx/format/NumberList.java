package io.lstmstreams.importer.onnx.format;

import java.util.Arrays;

/** A growing list of numbers by their bits; its memory is at most twice the numbers' own size. */
final class NumberList {
    private long[] bits = {};
    private int size;

    void add(long value) {
        if (size == bits.length) {
            bits = Arrays.copyOf(bits, Math.max(8, size * 2));
        }
        bits[size++] = value;
    }

    int size() {
        return size;
    }

    long[] integers() {
        return Arrays.copyOf(bits, size);
    }

    float[] floats() {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = Float.intBitsToFloat((int) bits[i]);
        }
        return values;
    }

    double[] doubles() {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = Double.longBitsToDouble(bits[i]);
        }
        return values;
    }
}
