/**
 * The changelog topic of the states: which of its records are the states that sequences have now, how they become lines of a
 * file, and how lines become records again. Knows no stream and no model. What it reads from a file is checked before use.
 */
package io.lstmstreams.statetopic;
