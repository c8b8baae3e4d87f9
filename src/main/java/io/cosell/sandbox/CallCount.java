package io.cosell.sandbox;

/**
 * How many calls of one kind a system has answered in one way.
 *
 * @param system  name of the sandbox
 * @param kind    what sort of call
 * @param status  HTTP status answered; 0 where a fault cut the connection
 * @param trouble the fault that hit them, null for none
 * @param calls   how many
 */
public record CallCount(String system, CallKind kind, int status, Trouble trouble, long calls) {
}
