/**
 * The Dataverse sandbox: Dynamics 365 Sales as far as the contract {@code dataverse.md} describes it.
 *
 * <p>{@link io.cosell.sandbox.dataverse.DataverseSandbox} is the way in, over HTTP and as a CRM user. What a table may hold is a rule in
 * {@code sandbox/dataverse/tables.yaml} ({@link io.cosell.sandbox.dataverse.Schema}); {@link io.cosell.sandbox.dataverse.Store} keeps rows,
 * versions and transactions, {@link io.cosell.sandbox.dataverse.Rules} is the only way to change them, and
 * {@link io.cosell.sandbox.dataverse.WebApi} speaks OData.
 */
package io.cosell.sandbox.dataverse;
