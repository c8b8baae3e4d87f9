/**
 * The control address of the sandboxes: JSON over HTTP, by which a person or a test acts in them from outside, moves their clock, lets
 * things go wrong and reads what happened.
 *
 * <p>{@link io.cosell.sandbox.control.Control} is the table of its resources; it knows the systems only as
 * {@link io.cosell.sandbox.SandboxSystem}. {@link io.cosell.sandbox.control.ControlServer} puts the table on a port.
 */
package io.cosell.sandbox.control;
