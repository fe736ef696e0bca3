/**
 * A running application: it is assembled from a configuration, started and stopped, and watched while it runs. The
 * operators' work on its models and states, and the handling of its failures, are here too.
 */
@NullMarked
package io.lstmstreams.runtime;

import org.jspecify.annotations.NullMarked;
