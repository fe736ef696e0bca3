package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The header of an array in NumPy's format (numpy.org/doc, numpy.lib.format): magic, version, length of the text, and
 * the text of a Python dictionary such as <code>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (62, 128),
 * }</code>.
 *
 * @param type NumPy's name of the numbers' type, such as {@code <f4}
 * @param columnMajor true if the first dimension varies fastest (Fortran's order)
 * @param shape the sizes of the dimensions, outermost first
 * @param bytes the header's length including its magic
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NpyHeader(String type, boolean columnMajor, long[] shape, long bytes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_TEXT = 10_000; // NumPy's own limit for untrusted files
    private static final int MAX_RANK = 64; // NumPy's own limit

    /** Reads the header and leaves the stream at the first byte of the numbers. */
    static NpyHeader read(InputStream in, String where) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new Malformed(where, "is not a NumPy array: it does not begin with the format's magic");
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3) {
            throw new Unsupported(where, "must have version 1 to 3 of NumPy's format, but has version " + version);
        }
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] lengths = in.readNBytes(lengthBytes);
        long length = 0;
        for (int i = 0; i < lengths.length; i++) {
            length |= (lengths[i] & 0xffL) << (8 * i);
        }
        if (lengths.length < lengthBytes || length > MAX_TEXT) {
            throw new Malformed(where, "its header is truncated or longer than " + MAX_TEXT + " bytes");
        }
        byte[] text = in.readNBytes((int) length);
        if (text.length < length) {
            throw new Malformed(where, "its header is truncated");
        }
        Literal literal = new Literal(new String(text, StandardCharsets.UTF_8), where);
        return literal.header(start.length + lengthBytes + length);
    }

    /** Returns the format of the numbers; empty for integers and booleans. */
    Optional<NumberType> numberType() {
        return switch (type.substring(Math.min(1, type.length()))) {
            case "f2" -> Optional.of(NumberType.F16);
            case "f4" -> Optional.of(NumberType.F32);
            case "f8" -> Optional.of(NumberType.F64);
            default -> Optional.empty();
        };
    }

    ByteOrder order() {
        return type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** Returns the number of elements; an invalid product is refused before it overflows. */
    long count(long limit, String where) {
        long count = 1;
        for (long size : shape) {
            if (size > 0 && count > limit / size) {
                throw new Malformed(where, "its shape " + Tensor.text(shape) + " is larger than the file");
            }
            count *= size;
        }
        return count;
    }

    /** Parses the dictionary that NumPy writes: three keys with strings, booleans and a tuple of integers. */
    private static final class Literal {
        private final String text;
        private final String where;
        private int at;

        Literal(String text, String where) {
            this.text = text;
            this.where = where;
        }

        NpyHeader header(long bytes) {
            String type = null;
            Boolean columnMajor = null;
            long[] shape = null;
            expect('{');
            while (!accept('}')) {
                String key = string();
                expect(':');
                boolean invalid = switch (key) {
                    case "descr" -> type != null;
                    case "fortran_order" -> columnMajor != null;
                    case "shape" -> shape != null;
                    default -> true;
                };
                if (invalid) {
                    throw broken("the key " + key + " is unknown or occurs twice");
                }
                switch (key) {
                    case "descr" -> type = type();
                    case "fortran_order" -> columnMajor = truth();
                    default -> shape = tuple();
                }
                if (!accept(',')) {
                    expect('}');
                    break;
                }
            }
            skipBlanks();
            if (at < text.length() || type == null || columnMajor == null || shape == null) {
                throw broken("a key is missing, or text follows the dictionary");
            }
            return new NpyHeader(type, columnMajor, shape, bytes);
        }

        private String type() {
            if (peek() == '[') {
                throw new Unsupported(where, "must hold numbers, but holds records of several fields");
            }
            String type = string();
            if (type.endsWith("O")) {
                throw new Unsupported(
                        where, "must hold numbers, but holds Python objects (a pickle, which could run any code)");
            }
            if (!type.matches("[<>|=][a-zA-Z]\\d{0,9}")) {
                throw broken("a type of numbers is expected");
            }
            return type;
        }

        private boolean truth() {
            skipBlanks();
            for (String word : new String[] {"False", "True"}) {
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return word.equals("True");
                }
            }
            throw broken("True or False is expected");
        }

        private long[] tuple() {
            long[] sizes = {};
            expect('(');
            while (!accept(')')) {
                if (sizes.length == MAX_RANK) {
                    throw broken("the shape has more than " + MAX_RANK + " dimensions");
                }
                sizes = Arrays.copyOf(sizes, sizes.length + 1);
                sizes[sizes.length - 1] = size();
                if (!accept(',')) {
                    expect(')');
                    break;
                }
            }
            return sizes;
        }

        private long size() {
            skipBlanks();
            int from = at;
            while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && text.charAt(at) < 128) {
                at++;
            }
            if (at == from || at - from > 18) {
                throw broken("the size of a dimension is expected");
            }
            long size = Long.parseLong(text, from, at, 10);
            accept('L'); // Python 2's suffix of long numbers
            return size;
        }

        private String string() {
            char quote = peek();
            if (quote != '\'' && quote != '"') {
                throw broken("a string is expected");
            }
            int end = text.indexOf(quote, at + 1);
            if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
                throw broken("a string has no end or contains an escape");
            }
            String string = text.substring(at + 1, end);
            at = end + 1;
            return string;
        }

        private void expect(char expected) {
            if (!accept(expected)) {
                throw broken(expected + " is expected");
            }
        }

        private boolean accept(char expected) {
            boolean found = peek() == expected;
            at += found ? 1 : 0;
            return found;
        }

        private char peek() {
            skipBlanks();
            return at < text.length() ? text.charAt(at) : '\0';
        }

        private void skipBlanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
                at++;
            }
        }

        private Malformed broken(String what) {
            return new Malformed(where, "the header of the array is malformed at its character " + at + ": " + what);
        }
    }
}
