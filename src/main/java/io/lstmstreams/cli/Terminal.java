package io.lstmstreams.cli;

/** Whether somebody is looking. */
final class Terminal {
    private Terminal() {}

    /** Whether standard output and input are a terminal that understands escape sequences. */
    @SuppressWarnings("SystemConsoleNull") // the launcher asks for the console that is null where nobody looks
    static boolean isInteractive() {
        return System.console() != null && !"dumb".equals(System.getenv("TERM"));
    }

    /** What came out of a file, without what would move the cursor, change colours or turn the direction of writing. */
    static String plain(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
