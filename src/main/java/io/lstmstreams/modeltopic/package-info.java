/**
 * The models topic: writes model files as records of a compacted topic, and reads them back. This package does not
 * depend on streams or sequences. It trusts no record of the topic, and checks each one before use.
 */
@NullMarked
package io.lstmstreams.modeltopic;

import org.jspecify.annotations.NullMarked;
