/**
 * Salesforce, simulated (contract salesforce.md): sign-in, the REST API with its records, queries and composite calls, the objects
 * of Microsoft's co-sell package with what runs in the org on its behalf.
 *
 * <p>{@code objects.yaml} describes every object and field once. {@link io.cosell.sandbox.salesforce.SalesforceSandbox} is the one
 * public way in.
 */
package io.cosell.sandbox.salesforce;
