/**
 * The models topic: writes model files as records of a compacted topic, and reads them back. This package knows no
 * stream and no sequence. Everything that it reads may come from anybody, and is checked before use.
 */
package io.lstmstreams.modeltopic;
