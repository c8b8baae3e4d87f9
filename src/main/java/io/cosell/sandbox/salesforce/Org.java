package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.InnerCalls;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;

/**
 * What every handler of the API works on.
 *
 * @param options  as the sandbox was started
 * @param switches as they are now
 * @param schema   objects and fields
 * @param store    the records, a table an object
 * @param rules    the only way to change records
 * @param usage    how many calls were made
 * @param clock    the clock of all sandboxes
 * @param inner    told of the calls inside a composite
 */
record Org(SalesforceOptions options, Switches switches, Schema schema, Store store, Rules rules, Usage usage, SandboxClock clock,
           InnerCalls inner) {
}
