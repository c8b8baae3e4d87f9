/** The tables and columns of a CRM, kept as a file: what {@code schema} saves, {@code check} and {@code setup-crm} read. */
package io.cosell.schema;
