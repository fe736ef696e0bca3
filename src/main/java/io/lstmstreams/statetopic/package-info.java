/**
 * The changelog topic of the states: reads the current states of sequences, exports them as lines of a file, and
 * imports lines as records. This package does not depend on streams or models. It checks every line of a file
 * before use.
 */
@NullMarked
package io.lstmstreams.statetopic;

import org.jspecify.annotations.NullMarked;
