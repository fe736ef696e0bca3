/** The commands of {@code lstm-streams}: they read options, call the folders that do the work, print and exit. */
package io.lstmstreams.cli;
