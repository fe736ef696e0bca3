/**
 * The topic of models: how a model file becomes records of a compacted topic, and records a model file again. Knows no
 * stream and no sequence. What it reads was written by somebody else and is trusted in nothing.
 */
package io.lstmstreams.modeltopic;
