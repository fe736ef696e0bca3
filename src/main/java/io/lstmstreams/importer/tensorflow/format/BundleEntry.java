package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.importer.bytes.ProtobufInput;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The entry of a tensor in the index of a tensor bundle (TensorFlow's core/protobuf/tensor_bundle.proto,
 * BundleEntryProto).
 *
 * @param shape the sizes of the dimensions, outermost first
 * @param shard the number of the file that contains the tensor's bytes
 * @param offset the position of the first byte in the file
 * @param size the number of bytes
 * @param crc the masked CRC-32C of the bytes
 * @param sliced true if the tensor is divided into slices that have their own entries
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BundleEntry(String name, Type type, long[] shape, int shard, long offset, long size, int crc, boolean sliced) {
    private static final int MAX_RANK = 254; // TensorShape::MaxDimensions

    /**
     * A type of elements (core/framework/types.proto).
     *
     * @param number the number format, or empty if the type is not supported
     */
    record Type(String name, Optional<NumberType> number) {
        static Type of(long code) {
            return switch ((int) code) {
                case 1 -> new Type("float32", Optional.of(NumberType.F32));
                case 2 -> new Type("float64", Optional.of(NumberType.F64));
                case 3 -> new Type("int32", Optional.empty());
                case 7 -> new Type("string", Optional.empty());
                case 9 -> new Type("int64", Optional.empty());
                case 10 -> new Type("bool", Optional.empty());
                case 14 -> new Type("bfloat16", Optional.of(NumberType.BF16));
                case 19 -> new Type("float16", Optional.of(NumberType.F16));
                default -> new Type("DataType " + code, Optional.empty());
            };
        }
    }

    static BundleEntry parse(String name, byte[] proto, String file) {
        String where = file + ": tensor " + name;
        return ProtobufInput.read(proto, where, in -> parse(in, name, where));
    }

    private static BundleEntry parse(ProtobufInput in, String name, String where) throws IOException {
        Type type = Type.of(0);
        long[] shape = {};
        long shard = 0;
        long offset = 0;
        long size = 0;
        int crc = 0;
        boolean sliced = false;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> type = Type.of(in.integer());
                case 2 -> shape = in.message(value -> shape(value, where));
                case 3 -> shard = in.integer();
                case 4 -> offset = in.integer();
                case 5 -> size = in.integer();
                case 6 -> crc = in.fixed32();
                case 7 -> sliced = true;
                default -> {} // of a later version; min_consumer would refuse this reader if the field mattered
            }
        }
        if (shard < 0 || shard > Integer.MAX_VALUE || offset < 0 || size < 0) {
            throw new Malformed(where, "its place in the data is negative or too large");
        }
        BundleEntry entry = new BundleEntry(name, type, shape, (int) shard, offset, size, crc, sliced);
        if (!sliced) {
            entry.checkSize(where);
        }
        return entry;
    }

    private static long[] shape(ProtobufInput in, String where) throws IOException {
        long[] shape = {};
        while (in.next()) {
            if (in.field() == 2) {
                long size = in.message(BundleEntry::dimension);
                if (size < 0 || shape.length == MAX_RANK) {
                    throw new Malformed(where, "its shape must have at most " + MAX_RANK + " dimensions of at least 0");
                }
                shape = Arrays.copyOf(shape, shape.length + 1);
                shape[shape.length - 1] = size;
            }
        }
        return shape;
    }

    private static long dimension(ProtobufInput in) throws IOException {
        long size = 0;
        while (in.next()) {
            if (in.field() == 1) {
                size = in.integer();
            }
        }
        return size;
    }

    /** Checks that shape and size of a supported type agree. */
    private void checkSize(String where) {
        if (type.number.isEmpty()) {
            return;
        }
        int bytes = type.number.get().bytes();
        long count = 1;
        for (long dimension : shape) {
            // A count larger than the size is invalid; this check also prevents an overflow.
            if (dimension > 0 && count > size / dimension) {
                throw new Malformed(
                        where, "its shape " + Tensor.text(shape) + " is larger than its " + size + " bytes");
            }
            count *= dimension;
        }
        if (count * bytes != size) {
            throw new Malformed(
                    where,
                    "its shape " + Tensor.text(shape) + " takes " + count * bytes + " bytes, but it has " + size);
        }
    }
}
