/** The one thing OData services need that neither Camel nor JOLT can write: multipart batches. Knows no field and no table. */
package io.cosell.odata;
