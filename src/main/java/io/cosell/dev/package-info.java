/** Takes up saved routes and mappings while the connector runs ({@code run --dev}). */
package io.cosell.dev;
