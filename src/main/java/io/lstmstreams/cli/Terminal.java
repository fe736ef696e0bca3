package io.lstmstreams.cli;

import io.lstmstreams.demo.ScreenSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The terminal of this process. */
final class Terminal {
    private static volatile ScreenSize lastSize = ScreenSize.USUAL;

    private Terminal() {}

    /** Returns whether standard input and output are a terminal that supports escape sequences. */
    @SuppressWarnings("SystemConsoleNull") // the launcher selects the console that is null without a terminal
    static boolean isInteractive() {
        return System.console() != null && !"dumb".equals(System.getenv("TERM"));
    }

    /** Returns the current size of the terminal; the last known size if it cannot be read now. */
    static ScreenSize size() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            if (size.length == 2 && size[0].matches("[1-9]\\d{0,3}") && size[1].matches("[1-9]\\d{0,3}")) {
                lastSize = new ScreenSize(Integer.parseInt(size[1]), Integer.parseInt(size[0]));
            }
        } catch (IOException e) {
            // no such command, as on Windows
        }
        return lastSize;
    }

    /** Replaces control and formatting characters, which could manipulate the terminal, by question marks. */
    static String plain(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
