/** A running application: assembly from a configuration, start, stop, and what happens when it fails. */
package io.lstmstreams.runtime;
