/**
 * How many updates a second the connector does, and what holds it: {@code mvn -q test-compile exec:exec@benchmark}. The connector runs
 * in a process of its own, so that its processor time is its own; sandboxes and load are in the process that measures.
 */
package io.cosell.benchmark;
