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
 * The header of an array in NumPy's format (numpy.org/doc, numpy.lib.format): magic, version, length of the text, and the
 * text of a Python dictionary such as <code>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (62, 128), }</code>.
 *
 * @param type what NumPy calls the type of its numbers, such as {@code <f4}
 * @param columnMajor whether the first dimension varies fastest (Fortran's order)
 * @param shape sizes of the dimensions, outermost first
 * @param bytes how many the header has with its magic
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NpyHeader(String type, boolean columnMajor, long[] shape, long bytes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_TEXT = 10_000; // NumPy's own limit for files that are not trusted
    private static final int MAX_RANK = 64; // NumPy's own

    /** Reads the header and leaves the stream at the first byte of the numbers. */
    static NpyHeader read(InputStream in, String where) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new Malformed(where, "is no NumPy array: it does not begin with the format's magic");
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3) {
            throw new Unsupported(where, "is of version " + version + " of NumPy's format, known are 1 to 3");
        }
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] lengths = in.readNBytes(lengthBytes);
        long length = 0;
        for (int i = 0; i < lengths.length; i++) {
            length |= (lengths[i] & 0xffL) << (8 * i);
        }
        if (lengths.length < lengthBytes || length > MAX_TEXT) {
            throw new Malformed(where, "its header is cut short or longer than " + MAX_TEXT + " bytes");
        }
        byte[] text = in.readNBytes((int) length);
        if (text.length < length) {
            throw new Malformed(where, "its header is cut short");
        }
        Literal literal = new Literal(new String(text, StandardCharsets.UTF_8), where);
        return literal.header(start.length + lengthBytes + length);
    }

    /** How we read the numbers; empty for whole numbers and truth values. */
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

    /** The number of elements; a product that cannot be right is refused before it overflows. */
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

    /** Reads exactly the dictionary that NumPy writes: three keys, texts, truth values and a tuple of whole numbers. */
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
                boolean twice = switch (key) {
                    case "descr" -> type != null;
                    case "fortran_order" -> columnMajor != null;
                    case "shape" -> shape != null;
                    default -> true;
                };
                if (twice) {
                    throw broken("an unknown or second key " + key);
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
                throw broken("a key is missing, or text follows");
            }
            return new NpyHeader(type, columnMajor, shape, bytes);
        }

        private String type() {
            if (peek() == '[') {
                throw new Unsupported(where, "holds records of several fields, not numbers");
            }
            String type = string();
            if (type.endsWith("O")) {
                throw new Unsupported(where, "holds Python objects (a pickle, which could run anything), not numbers");
            }
            if (!type.matches("[<>|=][a-zA-Z]\\d{0,9}")) {
                throw broken("no type of numbers");
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
            throw broken("no truth value");
        }

        private long[] tuple() {
            long[] sizes = {};
            expect('(');
            while (!accept(')')) {
                if (sizes.length == MAX_RANK) {
                    throw broken("more than " + MAX_RANK + " dimensions");
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
                throw broken("no size of a dimension");
            }
            long size = Long.parseLong(text, from, at, 10);
            accept('L'); // Python 2 marked long numbers so
            return size;
        }

        private String string() {
            char quote = peek();
            if (quote != '\'' && quote != '"') {
                throw broken("no text");
            }
            int end = text.indexOf(quote, at + 1);
            if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
                throw broken("a text without an end, or with an escape");
            }
            String string = text.substring(at + 1, end);
            at = end + 1;
            return string;
        }

        private void expect(char expected) {
            if (!accept(expected)) {
                throw broken("no " + expected);
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
            return new Malformed(where, "the header of the array is broken at its character " + at + ": " + what);
        }
    }
}
