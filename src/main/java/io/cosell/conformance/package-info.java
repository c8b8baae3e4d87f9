/**
 * Tries the verbs of an adapter against the CRM that is configured, and says of each what holds (docs/adapter.md). Knows the verbs and the
 * record that they speak of; no CRM, no sandbox.
 */
package io.cosell.conformance;
