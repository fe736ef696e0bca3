package io.lstmstreams.demo;

/**
 * The size of a terminal, in characters.
 *
 * @param columns the length of a line
 * @param rows the number of lines
 */
public record ScreenSize(int columns, int rows) {
    /** The size of a terminal whose size is unknown, and the least size for the whole picture. */
    public static final ScreenSize USUAL = new ScreenSize(80, 24);

    boolean isSmall() {
        return columns < USUAL.columns || rows < USUAL.rows;
    }
}
