package io.lstmstreams.cli;

/** Whether somebody is looking. */
final class Terminal {
    private Terminal() {}

    /** Whether standard output and input are a terminal that understands escape sequences. */
    @SuppressWarnings("SystemConsoleNull") // the launcher asks for the console that is null where nobody looks
    static boolean isInteractive() {
        return System.console() != null && !"dumb".equals(System.getenv("TERM"));
    }
}
