/** The configuration keys, each declared once. This package names things and builds nothing. */
package io.lstmstreams.config;
