/** Every configuration key, once. Names things, builds nothing. */
package io.lstmstreams.config;
