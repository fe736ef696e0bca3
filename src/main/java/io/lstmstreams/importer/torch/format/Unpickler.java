package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pickle's instructions (docs.python.org, {@code pickletools}; protocols 0 to 5) and creates only containers,
 * numbers and texts. Names in a pickle are looked up in {@link TorchGlobals}, which has a few names of PyTorch, and
 * never as classes of Java or Python. Dictionaries become {@code Map}, lists, tuples and sets {@code List}, numbers
 * {@code Long}, {@code BigInteger} or {@code Double}, None {@code null}. The unpickler does not recurse, and its memory
 * is bounded. Not thread-safe.
 */
final class Unpickler {
    private static final int MAX_NUMBER_BYTES = 1024;
    private static final int OBJECT = PickleStack.OBJECT;

    private final PickleInput in;
    private final String file;
    private final TorchGlobals globals;
    private final PickleStack stack;
    private final Map<Long, Object> memo = new HashMap<>();

    Unpickler(PickleInput in, String file, TorchGlobals globals) {
        this.in = in;
        this.file = file;
        this.globals = globals;
        this.stack = new PickleStack(in, file);
    }

    /** Runs until STOP and returns the top of the stack. */
    @Nullable
    Object load() throws IOException {
        for (int op = in.next(); op != '.'; op = in.next()) {
            stack.charge(Long.BYTES);
            if (!number(op) && !text(op) && !container(op) && !bookkeeping(op)) {
                call(op);
            }
        }
        return stack.pop();
    }

    private boolean number(int op) throws IOException {
        switch (op) {
            case 'N' -> stack.push(null);
            case 0x88 -> stack.push(true);
            case 0x89 -> stack.push(false);
            case 'J' -> pushNumber((long) (int) in.littleEndian(4));
            case 'K' -> pushNumber(in.littleEndian(1));
            case 'M' -> pushNumber(in.littleEndian(2));
            case 'G' -> pushNumber(in.bigEndianDouble());
            case 'F' -> pushNumber(parseDouble(in.line()));
            case 'I' -> pushInt(in.line());
            case 'L' -> pushInt(in.line());
            case 0x8a -> pushLong(in.littleEndian(1));
            case 0x8b -> pushLong(in.littleEndian(4));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void pushNumber(Number number) {
        stack.charge(OBJECT);
        stack.push(number);
    }

    private double parseDouble(String line) {
        try {
            return Double.parseDouble(line.trim());
        } catch (NumberFormatException e) {
            throw in.malformed("invalid number");
        }
    }

    /** Reads an integer of protocol 0: {@code 01} and {@code 00} are the booleans, a long may end in L. */
    private void pushInt(String line) {
        if (line.equals("01") || line.equals("00")) {
            stack.push(line.equals("01"));
            return;
        }
        String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        try {
            if (digits.length() > MAX_NUMBER_BYTES) {
                throw in.malformed(
                        "a number must have at most " + MAX_NUMBER_BYTES + " digits, but has " + digits.length());
            }
            pushInteger(new BigInteger(digits));
        } catch (NumberFormatException e) {
            throw in.malformed("invalid number");
        }
    }

    private void pushLong(long bytes) throws IOException {
        if (bytes > MAX_NUMBER_BYTES) {
            throw in.malformed("a number must have at most " + MAX_NUMBER_BYTES + " bytes, but has " + bytes);
        }
        byte[] littleEndian = in.bytes(bytes);
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
        }
        pushInteger(bigEndian.length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian));
    }

    private void pushInteger(BigInteger value) {
        stack.charge(value.bitLength());
        if (value.bitLength() < Long.SIZE) {
            pushNumber(value.longValue());
        } else {
            pushNumber(value);
        }
    }

    private boolean text(int op) throws IOException {
        switch (op) {
            case 'S' -> pushText(unquoted(in.line()));
            case 'V' -> pushText(in.line());
            case 'U', 0x8c -> pushText(in.text(charged(in.littleEndian(1))));
            case 'T', 'X' -> pushText(in.text(charged(in.littleEndian(4))));
            case 0x8d -> pushText(in.text(charged(in.littleEndian(8))));
            case 'C' -> pushBytes(in.littleEndian(1));
            case 'B' -> pushBytes(in.littleEndian(4));
            case 0x8e, 0x96 -> pushBytes(in.littleEndian(8));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static String unquoted(String line) {
        return line.length() >= 2 ? line.substring(1, line.length() - 1) : line;
    }

    private long charged(long bytes) {
        stack.charge(2 * Math.max(0, Math.min(bytes, PickleStack.MEMORY)));
        return bytes;
    }

    private void pushText(String text) {
        stack.charge(OBJECT);
        stack.push(text);
    }

    private void pushBytes(long count) throws IOException {
        in.skip(count);
        stack.charge(OBJECT);
        stack.push(new PickledObject("bytes"));
    }

    private boolean container(int op) {
        switch (op) {
            case '}' -> stack.pushContainer(new LinkedHashMap<>());
            case ']', ')', 0x8f -> stack.pushContainer(new ArrayList<>(0));
            case 0x85 -> stack.pushContainer(stack.popTuple(1));
            case 0x86 -> stack.pushContainer(stack.popTuple(2));
            case 0x87 -> stack.pushContainer(stack.popTuple(3));
            case 't', 'l', 0x91 -> stack.pushContainer(stack.popToMark());
            case 'd' -> {
                Map<Object, Object> dictionary = new LinkedHashMap<>();
                putAll(dictionary, stack.popToMark());
                stack.pushContainer(dictionary);
            }
            case 'a' -> addAll(stack.popTuple(1));
            case 'e', 0x90 -> addAll(stack.popToMark());
            case 's' -> setItems(stack.popTuple(2));
            case 'u' -> setItems(stack.popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("unchecked") // all lists and maps on the stack were created here
    private void addAll(List<Object> elements) {
        Object target = stack.peek();
        stack.charge(2L * Long.BYTES * elements.size());
        if (target instanceof List) {
            ((List<Object>) target).addAll(elements);
        } else if (!(target instanceof PickledObject)) {
            throw in.malformed("the pickle appends to an object that is not a list");
        }
    }

    @SuppressWarnings("unchecked") // see addAll
    private void setItems(List<Object> keysAndValues) {
        Object target = stack.peek();
        if (target instanceof Map) {
            putAll((Map<Object, Object>) target, keysAndValues);
        } else if (!(target instanceof PickledObject)) {
            throw in.malformed("the pickle sets an item of an object that is not a dictionary");
        }
    }

    private void putAll(Map<Object, Object> target, List<Object> keysAndValues) {
        if (keysAndValues.size() % 2 != 0) {
            throw in.malformed("a dictionary has a key without a value");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            put(target, keysAndValues.get(i), keysAndValues.get(i + 1));
        }
    }

    /** Puts an entry. Only plain keys are compared by value: a container as a key could be nested without bound. */
    private void put(Map<Object, Object> target, @Nullable Object key, @Nullable Object value) {
        stack.charge(OBJECT);
        boolean plain = key == null || key instanceof String || key instanceof Number || key instanceof Boolean;
        target.put(plain ? key : new PickledObject("a key"), value);
    }

    private boolean bookkeeping(int op) throws IOException {
        switch (op) {
            case '(' -> stack.mark();
            case '0' -> stack.popOrMark();
            case '1' -> stack.popToMark();
            case '2' -> stack.push(stack.peek());
            case 'p' -> remember(index(in.line()));
            case 'q' -> remember(in.littleEndian(1));
            case 'r' -> remember(in.littleEndian(4));
            case 0x94 -> remember(memo.size());
            case 'g' -> recall(index(in.line()));
            case 'h' -> recall(in.littleEndian(1));
            case 'j' -> recall(in.littleEndian(4));
            case 0x80 -> in.skip(1); // the protocol
            case 0x95 -> in.skip(Long.BYTES); // the length of a frame
            default -> {
                return false;
            }
        }
        return true;
    }

    private long index(String line) {
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            throw in.malformed("the number of a memo slot is invalid");
        }
    }

    private void remember(long index) {
        stack.charge(2 * OBJECT);
        memo.put(index, stack.peek());
    }

    private void recall(long index) {
        if (!memo.containsKey(index)) {
            throw in.malformed("memo slot " + index + " is read before it is written");
        }
        stack.push(memo.get(index));
    }

    private void call(int op) throws IOException {
        switch (op) {
            case 'c' -> {
                stack.charge(4 * OBJECT);
                stack.push(globals.find(in.line(), in.line()));
            }
            case 0x93 -> {
                Object name = stack.pop();
                if (!(name instanceof String global) || !(stack.pop() instanceof String module)) {
                    throw in.malformed("the name of a global must be a string");
                }
                stack.push(globals.find(module, global));
            }
            case 'R', 0x81 -> {
                Object arguments = stack.pop();
                stack.push(reduce(stack.pop(), arguments));
            }
            case 'b' -> build(stack.pop());
            case 'Q' -> stack.push(globals.persistent(stack.pop()));
            case 'i', 'o', 'P', 0x82, 0x83, 0x84, 0x92, 0x97, 0x98 ->
                throw new Unsupported(
                        file + ": byte " + in.at() + " of the pickle",
                        "instruction " + instruction(op) + " does not occur in files of torch.save");
            default -> throw in.malformed("instruction " + instruction(op) + " does not exist");
        }
    }

    private static String instruction(int op) {
        return op > ' ' && op < 0x7f ? "'" + (char) op + "'" : "0x" + Integer.toHexString(op);
    }

    private Object reduce(@Nullable Object callable, @Nullable Object arguments) {
        stack.charge(2 * OBJECT);
        if (!(callable instanceof TorchGlobals.Global global) || !(arguments instanceof List<?> list)) {
            throw in.malformed("the pickle calls an object that is not a function");
        }
        if (global.kind() == TorchGlobals.Kind.DICTIONARY) {
            return dictionary(list);
        }
        return globals.call(global, Collections.unmodifiableList(list), in);
    }

    /** Creates a dictionary: {@code OrderedDict()}, or in Python 2 {@code OrderedDict([[key, value], ...])}. */
    private Map<Object, Object> dictionary(List<?> arguments) {
        Map<Object, Object> dictionary = new LinkedHashMap<>();
        Object content = arguments.isEmpty() ? null : arguments.get(arguments.size() - 1);
        if (content instanceof Map<?, ?> map) {
            map.forEach((key, value) -> put(dictionary, key, value));
        } else if (content instanceof List<?> pairs) {
            for (Object pair : pairs) {
                if (!(pair instanceof List<?> keyAndValue) || keyAndValue.size() != 2) {
                    throw in.malformed("a dictionary must be created from pairs");
                }
                put(dictionary, keyAndValue.get(0), keyAndValue.get(1));
            }
        }
        return dictionary;
    }

    /** Sets attributes of an object; those of a dictionary ({@code _metadata} of a state_dict) are ignored. */
    private void build(@Nullable Object state) {
        Object target = stack.peek();
        if (target instanceof PickledObject object) {
            if (state instanceof Map<?, ?> attributes) {
                object.keep(attributes);
            }
        } else if (!(target instanceof Map)) {
            throw in.malformed("the pickle sets attributes of an object that has no attributes");
        }
    }
}
