/**
 * The store: links with their base, events, the journal and the cursors, in one relational database, so that one backup is the
 * whole state. Knows nothing of Camel, of Partner Center or of any CRM.
 */
package io.cosell.store;
