/** The result of every importer: a spec and parameters, before the user's spec is laid over them. */
package io.lstmstreams.importer.draft;
