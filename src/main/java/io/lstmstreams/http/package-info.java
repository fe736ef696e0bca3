/**
 * The HTTP interface of an application: health, metrics, the dashboard, and the current states of sequences, for
 * which it also asks the other instances. This package depends on the running application and not on its
 * topology. No request changes a state.
 */
@NullMarked
package io.lstmstreams.http;

import org.jspecify.annotations.NullMarked;
