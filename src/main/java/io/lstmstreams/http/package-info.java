/**
 * What an application says of itself over HTTP: health, metrics, the states of its sequences. Knows no model and no topology, only
 * the running application; nothing here changes a state.
 */
package io.lstmstreams.http;
