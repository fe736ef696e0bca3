package io.lstmstreams.cli;

/** The terminal of this process. */
final class Terminal {
    private Terminal() {}

    /** Returns whether standard input and output are a terminal that supports escape sequences. */
    @SuppressWarnings("SystemConsoleNull") // the launcher selects the console that is null without a terminal
    static boolean isInteractive() {
        return System.console() != null && !"dumb".equals(System.getenv("TERM"));
    }

    /** Replaces control and formatting characters, which could manipulate the terminal, by question marks. */
    static String plain(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
