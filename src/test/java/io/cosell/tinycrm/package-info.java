/** The example of docs/third-crm.md: a CRM of the reader's own, served by routes/tinycrm and mappings/tinycrm alone. */
package io.cosell.tinycrm;
