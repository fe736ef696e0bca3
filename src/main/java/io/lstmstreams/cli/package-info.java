/** The commands of {@code lstm-streams}. A command reads its options, calls another package, prints and exits. */
@NullMarked
package io.lstmstreams.cli;

import org.jspecify.annotations.NullMarked;
