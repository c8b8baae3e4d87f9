/**
 * The demo: both sandboxes, the connector between them, and a story of deals that travel. What the connector did is looked at from the
 * outside, in the sandboxes, never in the connector's own books.
 */
package io.cosell.demo;
