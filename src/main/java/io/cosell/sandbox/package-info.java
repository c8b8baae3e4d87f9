/**
 * Sandboxes: Partner Center and the CRMs as far as the contracts describe them, on loopback, over real HTTP.
 *
 * <p>{@link io.cosell.sandbox.SandboxSystem} is the layer all of them share: one HTTP server, one lock, one call log, one
 * history of writes, one clock that can be moved. {@link io.cosell.sandbox.FaultPlan} says what goes wrong, on a seed;
 * {@link io.cosell.sandbox.EventSender} delivers the events of a system, as stubbornly as its
 * {@link io.cosell.sandbox.EventPolicy} says. {@link io.cosell.sandbox.Store} keeps what a system knows: rows with versions, deletions
 * and transactions. A system only says which {@link io.cosell.sandbox.Reply} answers which
 * {@link io.cosell.sandbox.Request}. What a sandbox does not support it answers with 501; it never pretends.
 */
package io.cosell.sandbox;
