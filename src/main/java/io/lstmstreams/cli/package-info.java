/** The commands of {@code lstm-streams}. They read options, call the other packages, print and exit. */
package io.lstmstreams.cli;
