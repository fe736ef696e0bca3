package io.lstmstreams.importer.keras.format;

import io.jhdf.FractalHeap;
import io.jhdf.GroupSymbolTableNode;
import io.jhdf.LocalHeap;
import io.jhdf.ObjectHeader;
import io.jhdf.Superblock;
import io.jhdf.SymbolTableEntry;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.btree.BTreeV1;
import io.jhdf.btree.BTreeV2;
import io.jhdf.btree.record.LinkNameForIndexedGroupRecord;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.dataset.DatasetLoader;
import io.jhdf.dataset.NoParent;
import io.jhdf.object.datatype.CompoundDataType;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.VariableLength;
import io.jhdf.object.message.DataLayout;
import io.jhdf.object.message.DataSpaceMessage;
import io.jhdf.object.message.FilterPipelineMessage;
import io.jhdf.object.message.LinkInfoMessage;
import io.jhdf.object.message.LinkMessage;
import io.jhdf.object.message.SymbolTableMessage;
import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads files of the HDF5 format with jHDF: groups, texts and arrays of floating-point numbers. jHDF trusts a file, so
 * it reads the file only through a {@link Hdf5Storage} that bounds the bytes it returns. Links out of a group's tree
 * are refused, as are datasets that would be far larger than the file. Not thread-safe.
 */
public final class Hdf5 {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final long UNDEFINED_ADDRESS = -1;
    private static final int SOFT_LINK_ENTRY = 2;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_RANK = 8;
    private static final long FREE_BYTES = 1 << 22; // allowed for a dataset in a file of any size
    private static final int MAX_EXPANSION = 32; // weights do not compress better than this

    private final Hdf5Storage storage;
    private final String file;
    private final Predicate<String> skipped;
    private final Hdf5Texts texts;
    private final Deque<Long> open = new ArrayDeque<>(); // addresses of the groups that are being read
    private long dataBudget;

    private Hdf5(Hdf5Storage storage, String file, Predicate<String> skipped) {
        this.storage = storage;
        this.file = file;
        this.skipped = skipped;
        this.texts = new Hdf5Texts(storage, file);
        this.dataBudget = FREE_BYTES + MAX_EXPANSION * storage.size();
    }

    /**
     * Reads a file.
     *
     * @param file the file's name in errors
     * @param skipped true for the paths of groups and datasets that are skipped
     * @throws ModelFileException if the file cannot be read, is malformed, or holds anything but finite floating-point
     *     numbers in a dataset that is not skipped
     */
    public static Hdf5Group read(Path path, String file, Predicate<String> skipped) {
        return FileReading.read(path, file, () -> {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                if (channel.size() > Integer.MAX_VALUE) {
                    throw new Unsupported(file, "must have at most 2 GB as an HDF5 file, but is larger");
                }
                return read(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), file, skipped);
            }
        });
    }

    /**
     * Reads a file from memory.
     *
     * @param file the file's name in errors
     * @param skipped true for the paths of groups and datasets that are skipped
     * @throws ModelFileException for the same reasons as when reading from a path
     */
    public static Hdf5Group read(ByteBuffer bytes, String file, Predicate<String> skipped) {
        ByteBuffer content = content(bytes, file);
        try {
            Superblock superblock =
                    Superblock.readSuperblock(content.duplicate().order(ByteOrder.LITTLE_ENDIAN));
            if (superblock.getEndOfFileAddress() > bytes.limit()) {
                throw new Malformed(
                        file,
                        "is truncated: it has " + bytes.limit() + " bytes of " + superblock.getEndOfFileAddress());
            }
            Hdf5Storage storage = new Hdf5Storage(content, superblock);
            return new Hdf5(storage, file, skipped).group("", root(storage, superblock));
        } catch (ModelFileException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | InternalError e) {
            // Thrown by jHDF in a damaged file, and by the mapping of a file that becomes shorter.
            throw new Malformed(file, "is damaged: " + firstCause(e));
        }
    }

    private static String firstCause(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; i < MAX_DEPTH && cause.getCause() != null; i++) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message != null && message.length() > 12 && !(cause instanceof Error)
                ? message
                : cause.getClass().getSimpleName();
    }

    /** Returns the file from its signature on, which is at byte 0, 512, 1024, 2048, ... after a user block. */
    private static ByteBuffer content(ByteBuffer bytes, String file) {
        for (long at = 0; at + SIGNATURE.length <= bytes.limit(); at = at == 0 ? 512 : 2 * at) {
            ByteBuffer from = bytes.slice((int) at, bytes.limit() - (int) at);
            byte[] start = new byte[SIGNATURE.length];
            from.get(0, start);
            if (Arrays.equals(start, SIGNATURE)) {
                return from.slice();
            }
        }
        throw new Malformed(file, "is not an HDF5 file");
    }

    private static long root(Hdf5Storage storage, Superblock superblock) {
        if (superblock instanceof Superblock.SuperblockV0V1 old) {
            return new SymbolTableEntry(storage, old.getRootGroupSymbolTableAddress()).getObjectHeaderAddress();
        }
        return ((Superblock.SuperblockV2V3) superblock).getRootGroupObjectHeaderAddress();
    }

    private Hdf5Group group(String path, long address) {
        if (open.contains(address)) {
            throw new Malformed(where(path), "is a group inside itself");
        }
        if (open.size() == MAX_DEPTH) {
            throw new Unsupported(
                    where(path), "must be nested at most " + MAX_DEPTH + " levels deep, but is nested deeper");
        }
        open.push(address);
        ObjectHeader header = ObjectHeader.readObjectHeader(storage, address);
        Map<String, Hdf5Group> groups = new LinkedHashMap<>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        children(path, header).forEach((name, child) -> {
            String childPath = path + "/" + name;
            ObjectHeader childHeader = ObjectHeader.readObjectHeader(storage, child);
            if (childHeader.hasMessageOfType(DataSpaceMessage.class)) {
                Dataset dataset = DatasetLoader.createDataset(storage, childHeader, name, NoParent.INSTANCE);
                if (!isCounter(dataset)) {
                    tensors.put(name, tensor(childPath, childHeader, dataset));
                }
            } else {
                groups.put(name, group(childPath, child));
            }
        });
        open.pop();
        return new Hdf5Group(path, texts.read(path, header), groups, tensors);
    }

    /** Returns the addresses of a group's members by name, without skipped members. */
    private Map<String, Long> children(String path, ObjectHeader header) {
        Map<String, Long> children = new LinkedHashMap<>();
        if (header.hasMessageOfType(SymbolTableMessage.class)) {
            SymbolTableMessage table = header.getMessageOfType(SymbolTableMessage.class);
            ByteBuffer names = new LocalHeap(storage, table.getLocalHeapAddress()).getDataBuffer();
            for (long node :
                    BTreeV1.createGroupBTree(storage, table.getBTreeAddress()).getChildAddresses()) {
                for (SymbolTableEntry entry : new GroupSymbolTableNode(storage, node).getSymbolTableEntries()) {
                    String name = Hdf5Texts.untilNul(names, entry.getLinkNameOffset());
                    put(children, path, name, entry.getCacheType() != SOFT_LINK_ENTRY, entry.getObjectHeaderAddress());
                }
            }
        } else if (header.hasMessageOfType(LinkInfoMessage.class)) {
            for (LinkMessage link : links(header)) {
                boolean hard = link.getLinkType() == LinkMessage.LinkType.HARD;
                put(children, path, link.getLinkName(), hard, hard ? link.getHardLinkAddress() : UNDEFINED_ADDRESS);
            }
        } else {
            throw new Unsupported(where(path), "is neither a group nor a dataset");
        }
        return children;
    }

    private List<LinkMessage> links(ObjectHeader header) {
        LinkInfoMessage info = header.getMessageOfType(LinkInfoMessage.class);
        if (info.getFractalHeapAddress() == UNDEFINED_ADDRESS) {
            return header.getMessagesOfType(LinkMessage.class);
        }
        FractalHeap heap = new FractalHeap(storage, info.getFractalHeapAddress());
        List<LinkMessage> links = new ArrayList<>();
        for (LinkNameForIndexedGroupRecord link :
                new BTreeV2<LinkNameForIndexedGroupRecord>(storage, info.getBTreeNameIndexAddress()).getRecords()) {
            links.add(LinkMessage.fromBuffer(heap.getId(link.getId()), storage.getSuperblock()));
        }
        return links;
    }

    private void put(Map<String, Long> children, String path, String name, boolean hard, long address) {
        String childPath = path + "/" + name;
        if (skipped.test(childPath)) {
            return;
        }
        if (!hard) {
            throw new Unsupported(where(childPath), "is a link, but links are not followed");
        }
        if (children.put(name, address) != null) {
            throw new Malformed(where(childPath), "occurs twice");
        }
    }

    /** Returns whether a dataset is a single integer, such as the number of samples that a normalisation has seen. */
    private static boolean isCounter(Dataset dataset) {
        return dataset.getDataType() instanceof FixedPoint && dataset.getDimensions().length == 0;
    }

    private static String kind(DataType type) {
        if (type instanceof FixedPoint) {
            String bits = "integers of " + 8 * type.getSize() + " bits";
            return type.getSize() == 1 ? bits + ", as a quantised model does; save the model before quantize()" : bits;
        }
        if (type instanceof StringData || type instanceof VariableLength) {
            return "texts";
        }
        return type instanceof CompoundDataType
                ? "records or complex numbers"
                : "values of the type " + type.getClass().getSimpleName();
    }

    private Tensor tensor(String path, ObjectHeader header, Dataset dataset) {
        int[] dimensions = dataset.getDimensions();
        if (!(dataset.getDataType() instanceof FloatingPoint type)) {
            throw new Unsupported(
                    where(path), "must hold floating-point numbers, but holds " + kind(dataset.getDataType()));
        }
        if (dimensions.length > MAX_RANK) {
            throw new Unsupported(
                    where(path), "must have at most " + MAX_RANK + " dimensions, but has " + dimensions.length);
        }
        NumberType numbers = numberType(path, type);
        long[] shape = Arrays.stream(dimensions).asLongStream().toArray();
        long bytes = Float.BYTES; // of the float32 values
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        dataBudget -= bytes;
        if (bytes < 0 || dataBudget < 0) {
            throw new Malformed(
                    where(path), "has shape " + Tensor.text(shape) + ", which is far too large for its file");
        }
        int count = (int) (bytes / Float.BYTES);
        float[] values = count == 0
                ? new float[0]
                : dataset instanceof ChunkedDataset chunked
                        ? chunked(path, header, chunked, numbers, type)
                        : whole(path, (DatasetBase) dataset, numbers, type, count);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new Malformed(where(path), "element " + i + " must be a finite number, but is " + values[i]);
            }
        }
        return new Tensor(path, shape, values);
    }

    private NumberType numberType(String path, FloatingPoint type) {
        String layout = type.getSize() + "." + type.getExponentSize() + "." + type.getMantissaSize();
        return switch (layout) {
            case "8.11.52" -> NumberType.F64;
            case "4.8.23" -> NumberType.F32;
            case "2.5.10" -> NumberType.F16;
            case "2.8.7" -> NumberType.BF16;
            default ->
                throw new Unsupported(
                        where(path),
                        "must hold numbers of type float64, float32, float16 or bfloat16, but has another layout");
        };
    }

    private float[] whole(String path, DatasetBase dataset, NumberType numbers, FloatingPoint type, int count) {
        if (dataset.getDataLayout() == DataLayout.CONTIGUOUS && dataset.isEmpty()) {
            throw new Malformed(where(path), "was never written, or is in another file");
        }
        ByteBuffer bytes = dataset.getDataBuffer().order(type.getByteOrder());
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = numbers.read(bytes);
        }
        return values;
    }

    private float[] chunked(
            String path, ObjectHeader header, ChunkedDataset dataset, NumberType numbers, FloatingPoint type) {
        int[] shape = dataset.getDimensions();
        int[] chunk = dataset.getChunkDimensions();
        if (shape.length == 0 || shape.length > 2 || chunk.length != shape.length) {
            throw new Unsupported(
                    where(path), "must be stored in chunks of 1 or 2 dimensions, but has " + chunk.length);
        }
        boolean matrix = shape.length == 2;
        ChunkGrid grid = new ChunkGrid(
                matrix ? shape[0] : 1, shape[shape.length - 1], matrix ? chunk[0] : 1, chunk[chunk.length - 1]);
        long chunkBytes = (long) grid.chunkRows() * grid.chunkColumns() * numbers.bytes();
        if (grid.chunkRows() < 1
                || grid.chunkColumns() < 1
                || chunkBytes > FREE_BYTES + MAX_EXPANSION * storage.size()) {
            throw new Malformed(
                    where(path), "has chunks of shape " + Arrays.toString(chunk) + ", which is invalid for its file");
        }
        List<Integer> filters = header.getMessagesOfType(FilterPipelineMessage.class).stream()
                .flatMap(message -> message.getFilters().stream())
                .map(FilterPipelineMessage.FilterInfo::getId)
                .toList();
        if (dataset.isEmpty()) {
            throw new Malformed(where(path), "was never written");
        }
        float[] values = new float[shape[0] * (matrix ? shape[1] : 1)];
        for (int row = 0; row < grid.rows(); row += grid.chunkRows()) {
            for (int column = 0; column < grid.columns(); column += grid.chunkColumns()) {
                ByteBuffer raw = dataset.getRawChunkBuffer(matrix ? new int[] {row, column} : new int[] {column});
                byte[] stored = new byte[raw.remaining()];
                raw.get(stored);
                byte[] bytes = Hdf5Filters.undo(filters, stored, numbers.bytes(), (int) chunkBytes, where(path));
                grid.place(ByteBuffer.wrap(bytes).order(type.getByteOrder()), numbers, row, column, values);
            }
        }
        return values;
    }

    private String where(String path) {
        return path.isEmpty() ? file : file + ": " + path;
    }
}
