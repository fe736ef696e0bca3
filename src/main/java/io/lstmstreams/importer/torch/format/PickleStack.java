package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stack of a pickle's instructions, with its marks and a bound on the memory of the pickle's objects. Not
 * thread-safe.
 */
final class PickleStack {
    /** The memory that a pickle's objects may take, in approximate bytes. */
    static final long MEMORY = 96L << 20;
    /** The approximate bytes of a small container, of a container's entry, or of a number. */
    static final int OBJECT = 64;

    private final PickleInput in;
    private final String file;
    private final ArrayList<@Nullable Object> values = new ArrayList<>();
    private final ArrayList<Integer> marks = new ArrayList<>(); // the stack's size at each MARK
    private long memory;

    PickleStack(PickleInput in, String file) {
        this.in = in;
        this.file = file;
    }

    void mark() {
        charge(OBJECT);
        marks.add(values.size());
    }

    void pushContainer(Object container) {
        charge(OBJECT);
        push(container);
    }

    void push(@Nullable Object value) {
        charge(Long.BYTES);
        values.add(value);
    }

    @Nullable
    Object pop() {
        Object top = peek();
        values.remove(values.size() - 1);
        return top;
    }

    @Nullable
    Object peek() {
        int bottom = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (values.size() <= bottom) {
            throw in.malformed("the pickle takes more from its stack than it has put on it");
        }
        return values.get(values.size() - 1);
    }

    void popOrMark() {
        if (!marks.isEmpty() && marks.get(marks.size() - 1) == values.size()) {
            marks.remove(marks.size() - 1);
        } else {
            pop();
        }
    }

    List<Object> popTuple(int size) {
        Object[] elements = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            elements[i] = pop();
        }
        return new ArrayList<>(Arrays.asList(elements));
    }

    List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw in.malformed("the pickle reads the stack above a mark, but there is no mark");
        }
        int from = marks.remove(marks.size() - 1);
        List<Object> top = values.subList(from, values.size());
        List<Object> elements = new ArrayList<>(top);
        charge((long) Long.BYTES * elements.size());
        top.clear();
        return elements;
    }

    void charge(long bytes) {
        memory += bytes;
        if (memory > MEMORY) {
            throw new Malformed(
                    file, "its pickle must create at most " + (MEMORY >> 20) + " MB of objects, but creates more");
        }
    }
}
