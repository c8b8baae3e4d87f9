/** Tests mappings without any system: examples, and round trips of generated documents. Knows views of referrals, and no column of a CRM. */
package io.cosell.mapping;
