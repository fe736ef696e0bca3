/**
 * The changelog topic of the states: reads the current states of sequences, exports them as lines of a file, and
 * imports lines as records. This package knows no stream and no model. Everything that is read from a file is checked
 * before use.
 */
@NullMarked
package io.lstmstreams.statetopic;

import org.jspecify.annotations.NullMarked;
