/** The configuration keys, each declared once. This package names things and builds nothing. */
@NullMarked
package io.lstmstreams.config;

import org.jspecify.annotations.NullMarked;
